// node accuracy.js RESULT MINIMUM: fails unless a training run on MNIST ended as well as that.
import { readFileSync } from 'node:fs';

const [path, minimum] = process.argv.slice(2);
const { event, dataset, testAccuracy } = JSON.parse(
  readFileSync(path, 'utf8').trim().split('\n').at(-1),
);
if (event !== 'done' || dataset !== 'mnist' || !(testAccuracy >= Number(minimum))) {
  console.error(`Expected a test accuracy of at least ${minimum} on mnist.`);
  process.exitCode = 1;
}
