import { expect, it } from 'vitest';
import { buildPackage } from '../support/package.js';
import { programRunner } from '../support/program.js';

const { folder } = await buildPackage();
const run = programRunner(folder);

it('devices that are disposed leave neither threads nor memory behind', async () => {
  const program = `
    const use = async (count) => {
      for (let index = 0; index < count; index++) {
        const device = await wasm({ threads: 2 });
        const step = compile((x) => x.matMul(x).sum(), { device });
        const data = new Float32Array(10_000).fill(0.5);
        const sum = await (await step({ data, shape: [100, 100] })).item();
        if (sum !== 250_000) throw new Error('wrong: ' + sum);
        device.dispose();
      }
      return process.memoryUsage().rss;
    };
    const before = await use(32);
    const after = await use(32);
    const { workers } = process.report.getReport();
    console.log(JSON.stringify({ growth: after - before, workers: workers.length }));`;
  const { code, stdout, stderr } = await run(program);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { growth, workers } = JSON.parse(stdout) as { growth: number; workers: number };
  // The last of them may still be on their way out.
  expect(workers).toBeLessThanOrEqual(4);
  // Each had more than five megabytes.
  expect(growth).toBeLessThan(80e6);
});

it('many devices work at once', async () => {
  const program = `
    const devices = await Promise.all(Array.from({ length: 16 }, () => wasm({ threads: 2 })));
    const sums = await Promise.all(devices.map(async (device, index) => {
      const step = compile((x) => x.add(index).sum(), { device });
      return (await step(new Float32Array(5000))).item();
    }));
    console.log(sums.every((sum, index) => sum === 5000 * index), new Set(devices.map(
      ({ capabilities }) => capabilities.threads.count)));`;
  const { code, stdout } = await run(program);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'true Set(1) { 2 }' });
});
