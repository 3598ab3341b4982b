import type { Tensor } from '@gradus/core';
import { Recurrent, type RecurrentState } from './recurrent.js';
import type { RecurrentOptions } from './recurrent-parameters.js';

type Gates = [Tensor, Tensor, Tensor, Tensor];

/**
 * Long short-term memory (Hochreiter and Schmidhuber, "Long short-term memory", 1997; with forget
 * gates, Gers, Schmidhuber and Cummins, "Learning to forget", 2000). With the four parts, in the
 * order i, f, g, o, of x Wᵀ + b + h Rᵀ + c for the input x and the hidden state h before, a step is
 *
 *     cell = sigmoid(f) · cell + sigmoid(i) · tanh(g),   hidden = sigmoid(o) · tanh(cell)
 *
 * The steps are built one after another for the fixed length of the input's second axis. Parameters
 * are laid out as in PyTorch.
 */
export class LSTM extends Recurrent<'cell'> {
  /**
   * Draws the initial parameters.
   *
   * @param inFeatures Extent of the input's last axis, at least 1.
   * @param hiddenFeatures Extent of the output's last axis, at least 1.
   * @throws ArgumentError for sizes that are not positive integers and for unknown or unfit options.
   */
  constructor(inFeatures: number, hiddenFeatures: number, options: RecurrentOptions = {}) {
    const kind = { name: 'LSTM', gates: 4, states: ['hidden', 'cell'] } as const;
    super(kind, inFeatures, hiddenFeatures, options);
  }

  protected override step(
    fromInput: Tensor,
    fromHidden: Tensor,
    state: RecurrentState<'cell'>,
  ): RecurrentState<'cell'> {
    const [i, f, g, o] = this.gates(fromInput.add(fromHidden)) as Gates;
    const cell = f.sigmoid().mul(state.cell).add(i.sigmoid().mul(g.tanh()));
    return { hidden: o.sigmoid().mul(cell.tanh()), cell };
  }
}
