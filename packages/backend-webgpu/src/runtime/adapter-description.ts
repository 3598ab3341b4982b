/** What a WebGPU device computes on. */
export interface AdapterDescription {
  /** For people. */
  readonly name: string;
  /** Whether it is a program that does what a GPU does: correct, and slow. */
  readonly software: boolean;
  readonly vendor: string;
  readonly architecture: string;
  /** The limits of the device, by the names that WebGPU gives them. */
  readonly limits: Readonly<Record<string, number>>;
  /** The features of the device, by the names that WebGPU gives them. */
  readonly features: readonly string[];
}

const softwareNames = /swiftshader|llvmpipe|lavapipe|software|basic render|warp/i;

/** Describes what `device` computes on. */
export function describeAdapter(device: GPUDevice): AdapterDescription {
  // Not every engine has it, or all of it.
  const info = (device as { adapterInfo?: Partial<GPUAdapterInfo> }).adapterInfo ?? {};
  const { vendor = '', architecture = '', isFallbackAdapter } = info;
  const names = [info.description, info.device, `${vendor} ${architecture}`];
  const limits: Record<string, number> = {};
  // Limits are getters of a prototype.
  for (const name in device.limits) {
    const value: unknown = device.limits[name as keyof GPUSupportedLimits];
    if (typeof value === 'number') limits[name] = value;
  }
  return {
    name: names.map((name) => name?.trim()).find(Boolean) ?? 'an adapter without a name',
    software: isFallbackAdapter === true || softwareNames.test(names.join()),
    vendor,
    architecture,
    limits,
    features: [...device.features].sort(),
  };
}
