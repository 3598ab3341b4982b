import type { Tensor } from '@gradus/core';
import { Recurrent, type RecurrentState } from './recurrent.js';
import type { RecurrentOptions } from './recurrent-parameters.js';

type Gates = [Tensor, Tensor, Tensor];

/**
 * Gated recurrent units (Cho et al., "Learning phrase representations using RNN encoder-decoder for
 * statistical machine translation", 2014). With the three parts, in the order r, z, n, of x Wᵀ + b
 * for the input x and of h Rᵀ + c for the hidden state h before, a step is
 *
 *     r = sigmoid(xᵣ + hᵣ),   z = sigmoid(x_z + h_z),   n = tanh(xₙ + r · hₙ)
 *     hidden = (1 − z) · n + z · hidden
 *
 * As in PyTorch, and unlike in the paper, r is applied after the product. The steps are built one
 * after another for the fixed length of the input's second axis. Parameters are laid out as in
 * PyTorch.
 */
export class GRU extends Recurrent<never> {
  /**
   * Draws the initial parameters.
   *
   * @param inFeatures Extent of the input's last axis, at least 1.
   * @param hiddenFeatures Extent of the output's last axis, at least 1.
   * @throws ArgumentError for sizes that are not positive integers and for unknown or unfit options.
   */
  constructor(inFeatures: number, hiddenFeatures: number, options: RecurrentOptions = {}) {
    super({ name: 'GRU', gates: 3, states: ['hidden'] }, inFeatures, hiddenFeatures, options);
  }

  protected override step(
    fromInput: Tensor,
    fromHidden: Tensor,
    { hidden }: RecurrentState<never>,
  ): RecurrentState<never> {
    const [xr, xz, xn] = this.gates(fromInput) as Gates;
    const [hr, hz, hn] = this.gates(fromHidden) as Gates;
    const r = xr.add(hr).sigmoid();
    const z = xz.add(hz).sigmoid();
    const n = xn.add(r.mul(hn)).tanh();
    return { hidden: n.add(z.mul(hidden.sub(n))) };
  }
}
