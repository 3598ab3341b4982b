import { Device } from '@gradus/core';
import type { Backend, Capabilities, Executable, Plan } from '@gradus/core/backend';

/** A backend that does what `inner` does, but for `overrides`. Only asynchronous methods pass. */
export function wrap(inner: Backend, overrides: Partial<Backend>): Backend {
  return {
    name: inner.name,
    capabilities: { ...inner.capabilities, synchronous: false },
    lost: inner.lost,
    allocate: (byteLength) => inner.allocate(byteLength),
    write: (buffer, bytes) => inner.write(buffer, bytes),
    read: (buffer, byteLength) => inner.read(buffer, byteLength),
    free: (buffer) => inner.free(buffer),
    compile: (plan) => inner.compile(plan),
    synchronize: () => inner.synchronize(),
    memory: () => inner.memory(),
    dispose: () => inner.dispose(),
    ...overrides,
  };
}

/** A device whose backend claims less than it can do. */
export function limited(inner: Backend, capabilities: Partial<Capabilities>): Device {
  return new Device(
    wrap(inner, { capabilities: { ...inner.capabilities, synchronous: false, ...capabilities } }),
  );
}

/** A device that runs other plans than it is given. */
export function rewriting(inner: Backend, rewrite: (plan: Plan) => Plan): Device {
  return new Device(wrap(inner, { compile: (plan) => inner.compile(rewrite(plan)) }));
}

/** A device that starts everything a few microtasks after it was asked to, in order, as a GPU does. */
export function delayed(inner: Backend, capabilities: Partial<Capabilities>): Device {
  let last: Promise<unknown> = Promise.resolve();
  const later = <Result>(work: () => Result | Promise<Result>): Promise<Result> => {
    const done = last.then(() => undefined).then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const unheard = (work: () => void): void => void later(work).catch(() => undefined);
  return new Device(
    wrap(inner, {
      capabilities: { ...inner.capabilities, synchronous: false, ...capabilities },
      write: (buffer, bytes) => {
        const copy = bytes.slice();
        unheard(() => inner.write(buffer, copy));
      },
      read: (buffer, byteLength) => later(() => inner.read(buffer, byteLength)),
      free: (buffer) => unheard(() => inner.free(buffer)),
      compile: async (plan): Promise<Executable> => {
        const executable = await inner.compile(plan);
        return {
          run: (inputs, outputs, scalars) => {
            const copy = scalars.slice();
            return later(() => executable.run(inputs, outputs, copy));
          },
          dispose: () => executable.dispose(),
        };
      },
      synchronize: () => later(() => inner.synchronize()),
    }),
  );
}
