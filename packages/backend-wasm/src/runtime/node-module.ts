type NodeProcess = Pick<typeof globalThis.process, 'getBuiltinModule'>;

/**
 * A module of Node's own, or undefined elsewhere (and in Node before 20.16). There is no import of
 * it that a bundler for pages would have to be told about.
 */
export function nodeModule<Name extends 'node:os' | 'node:worker_threads'>(
  name: Name,
): ReturnType<typeof globalThis.process.getBuiltinModule<Name>> | undefined {
  const { process } = globalThis as { process?: Partial<NodeProcess> };
  return process?.getBuiltinModule?.(name);
}
