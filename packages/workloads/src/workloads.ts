import { models } from '@gradus/models';
import { convolution, type ConvolutionPass, type ConvolutionSizes } from './convolution.js';
import { elementwiseAdd, elementwiseSilu, softmaxOfRows } from './elementwise.js';
import { matrixProduct } from './matrix-product.js';
import { convLarge, lenet } from './networks.js';
import { trainingStep } from './training-step.js';
import type { Workload } from './workload.js';

const passes: readonly ConvolutionPass[] = ['forward', 'input-gradient', 'filter-gradient'];
const ofAllPasses = (name: string, sizes: ConvolutionSizes): Workload[] =>
  passes.map((pass) => convolution(name, pass, sizes));

/** All workloads, in the order in which they are listed. */
export const workloads: readonly Workload[] = [
  matrixProduct('matmul-256', 256, 256, 256),
  matrixProduct('matmul-512', 512, 512, 512),
  matrixProduct('matmul-1024', 1024, 1024, 1024),
  matrixProduct('matmul-dense', 100, 784, 200),
  elementwiseAdd,
  elementwiseSilu,
  softmaxOfRows,
  ...ofAllPasses('conv-1-24', sizesOf(1, 24, 28, 6, 1)),
  ...ofAllPasses('conv-24-48', sizesOf(24, 48, 28, 5, 2)),
  ...ofAllPasses('conv-48-64', sizesOf(48, 64, 14, 4, 2)),
  trainingStep('step-mlp', models['mlp-relu'], '784-200-100-60-30-10'),
  trainingStep('step-lenet', lenet, '24@5×5, pool, 32@3×3, pool, 128, 10'),
  trainingStep(
    'step-conv-dropout',
    models['conv-dropout'],
    '6@6×6, 12@5×5/2, 24@4×4/2, 200, dropout, 10',
  ),
  trainingStep(
    'step-conv-bn-dropout',
    models['conv-bn-dropout'],
    '24@6×6, 48@5×5/2, 64@4×4/2, 200, dropout, 10, with batch normalisation',
  ),
  trainingStep('step-conv-large', convLarge, '24@6×6, 48@5×5/2, 64@4×4/2, 200, 10'),
];

/** The layers of `step-conv-large`, of which each is timed by itself too. */
function sizesOf(
  inChannels: number,
  outChannels: number,
  size: number,
  kernel: number,
  stride: number,
): ConvolutionSizes {
  return { batch: 100, inChannels, outChannels, size, kernel, stride };
}
