import { ShapeError, Variable, zeros, type Layer, type Tensor } from '@gradus/core';

/** x Wᵀ + b: a layer is any object with a `forward`, and its variables are its parameters. */
export class Affine implements Layer {
  readonly weight: Variable;
  readonly bias: Variable;

  constructor(inFeatures: number, outFeatures: number) {
    this.weight = new Variable(zeros([outFeatures, inFeatures]), { name: 'weight' });
    this.bias = new Variable(zeros([outFeatures]), { name: 'bias' });
  }

  forward(input: Tensor): Tensor {
    const [, inFeatures] = this.weight.shape;
    if (input.shape.at(-1) !== inFeatures) {
      throw new ShapeError(`Affine: expected ${inFeatures} features, got ${input.shape.at(-1)}.`);
    }
    return input.matMul(this.weight.value.transpose()).add(this.bias);
  }
}
