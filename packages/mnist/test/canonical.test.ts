import { describe, expect, it } from 'vitest';
import { mnist } from '@gradus/mnist';

const directory = process.env['GRADUS_DATA_DIR'];
const isMissing = directory === undefined || directory === '';

// CI has the files and must not pass without them; elsewhere whoever lacks them is told so.
const reason = 'set GRADUS_DATA_DIR to a directory with the four files of MNIST to run this';
describe.skipIf(isMissing && process.env['CI'] !== 'true')(`MNIST itself (${reason})`, () => {
  it('is recognised, and is what its authors describe', async () => {
    expect(isMissing, reason).toBe(false);
    const { train, test, source, canonical } = await mnist();
    expect({ source, canonical }).toEqual({ source: 'directory', canonical: true });
    expect([train.length, test.length]).toEqual([60_000, 10_000]);

    const counts = new Array<number>(10).fill(0);
    let ink = 0;
    for (const { images, labels } of train.batches(1000)) {
      for (const label of labels.data) counts[label]! += 1;
      for (const pixel of images.data) ink += pixel;
    }
    expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(ink / (60_000 * 784)).toBeCloseTo(0.1307, 4);

    const [first] = [...test.take(10).batches(10)];
    expect([...first!.labels.data]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  });
});
