/** Everything that an error scope can wait for. */
export const allErrors: readonly GPUErrorFilter[] = ['out-of-memory', 'internal', 'validation'];

/**
 * Does `work` before it returns, and resolves to what WebGPU then has to say against it. Nothing is
 * said about a device that is lost.
 */
export function watch(
  device: GPUDevice,
  filters: readonly GPUErrorFilter[],
  work: () => void,
): Promise<GPUError | undefined> {
  for (const filter of filters) device.pushErrorScope(filter);
  const errors = (): Promise<(GPUError | null)[]> =>
    Promise.all(filters.map(() => device.popErrorScope().catch(() => null)));
  try {
    work();
  } catch (error) {
    void errors();
    throw error;
  }
  return errors().then((all) => all.find((error) => error !== null) ?? undefined);
}
