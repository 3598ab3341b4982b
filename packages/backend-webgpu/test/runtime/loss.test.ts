import { compile, tensor, Variable, type Tensor } from '@gradus/core';
import { Device, DeviceLostError } from '@gradus/core/backend';
import { expect, it, onTestFinished } from 'vitest';
import { WebGpuBackend } from '../../src/index.js';
import { describeOnGpu } from '../support/gpu.js';
import { additionPlan, filled } from '../support/plans.js';

interface Opened {
  readonly device: Device;
  readonly backend: WebGpuBackend;
  /** What a driver does when it crashes, as far as a program sees it. */
  readonly lose: () => void;
}

async function opened(gpu: GPU): Promise<Opened> {
  const shared = await (await gpu.requestAdapter())!.requestDevice();
  const backend = await WebGpuBackend.create({ device: shared });
  const device = new Device(backend);
  onTestFinished(() => device.dispose());
  return { device, backend, lose: () => shared.destroy() };
}

/** Fits a weight to y = 3x by momentum, all by hand; the state is what a checkpoint holds. */
function makeTraining(device: Device, state: { weight: number[]; momentum: number[] }) {
  const weight = new Variable(tensor(state.weight));
  const momentum = new Variable(tensor(state.momentum));
  const step = compile(
    (x: Tensor, y: Tensor) => {
      const error = weight.value.mul(x).sub(y);
      momentum.assign(momentum.value.mul(0.9).add(error.mul(x).mean()));
      weight.assign(weight.value.sub(momentum.value.mul(0.01)));
      return error.square().mean();
    },
    { device },
  );
  const batch = (at: number): [number[], number[]] => {
    const x = [at % 3, (at % 5) / 2, 1];
    return [x, x.map((value) => 3 * value)];
  };
  return {
    step: async (at: number): Promise<number> => (await step(...batch(at))).item(),
    startStep: (at: number) => step(...batch(at)),
    state: async () => ({
      weight: (await weight.value.toArray()) as number[],
      momentum: (await momentum.value.toArray()) as number[],
    }),
  };
}

await describeOnGpu('a device that is lost', (gpu) => {
  it('rejects what is pending with DeviceLostError, and what comes later at once', async () => {
    const { backend, lose } = await opened(gpu);
    const executable = await backend.compile(additionPlan(256));
    const [input, output] = [filled(backend, 256, 1), backend.allocate(1024)];
    const pending = [
      ...[1, 2, 3, 4].map(() => executable.run([input], [output], Float64Array.of(1))),
      backend.read(output, 4),
      backend.compile(additionPlan(512)),
      backend.synchronize(),
    ];
    lose();
    for (const outcome of await Promise.allSettled(pending)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'DEVICE_LOST' } });
    }
    expect(await backend.lost).toBeInstanceOf(DeviceLostError);
    const message = /^The WebGPU device was lost \(.+\)\. Make a new one with await webgpu\(\)/;
    expect(() => backend.allocate(1)).toThrow(message);
    expect(() => backend.write(input, new Uint8Array(4))).toThrow(message);
    await expect(backend.read(output, 4)).rejects.toThrow(message);
    await expect(backend.compile(additionPlan(2))).rejects.toThrow(message);
    await expect(backend.synchronize()).rejects.toThrow(message);
    await expect(executable.run([input], [output], Float64Array.of(1))).rejects.toThrow(message);
    expect(backend.memory()).toMatchObject({ buffers: 0, bytes: 0, arenaBytes: 0 });
    backend.dispose();
  });

  it('in mid-training: a new device goes on from what was saved', async () => {
    const start = { weight: [0], momentum: [0] };
    const whole = makeTraining((await opened(gpu)).device, start);
    const expected: number[] = [];
    for (let at = 0; at < 12; at++) expected.push(await whole.step(at));

    const { device, lose } = await opened(gpu);
    const first = makeTraining(device, start);
    const losses: number[] = [];
    for (let at = 0; at < 6; at++) losses.push(await first.step(at));
    const saved = await first.state();
    await first.step(6);
    const running = [7, 8, 9].map((at) => first.startStep(at).then((loss) => loss.item()));
    lose();
    for (const outcome of await Promise.allSettled(running)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'DEVICE_LOST' } });
    }
    await expect(first.step(10)).rejects.toBeInstanceOf(DeviceLostError);

    const second = makeTraining((await opened(gpu)).device, saved);
    for (let at = 6; at < 12; at++) losses.push(await second.step(at));
    expect(losses).toEqual(expected);
  });
});
