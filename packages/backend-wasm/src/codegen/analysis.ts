import { isOperation, operandsOf, type Expression } from '@gradus/core/backend';

/** Answers questions about the expressions of one kernel, each once. */
export class Analysis {
  readonly #axes = new Map<Expression, ReadonlySet<number>>();
  readonly #strides = new Map<number, Map<Expression, number | undefined>>();

  /** The axes whose coordinates an expression depends on; −1 stands for results of reductions. */
  axesOf(expression: Expression): ReadonlySet<number> {
    const known = this.#axes.get(expression);
    if (known !== undefined) return known;
    const axes = new Set<number>();
    if (expression.op === 'index') axes.add(expression.axis);
    if (expression.op === 'reduced') axes.add(-1);
    for (const operand of operandsOf(expression)) {
      for (const axis of this.axesOf(operand)) axes.add(axis);
    }
    this.#axes.set(expression, axes);
    return axes;
  }

  /**
   * How much an int32 expression grows by from one coordinate along `axis` to the next, or undefined
   * where that is not always the same.
   */
  strideAlong(axis: number, expression: Expression): number | undefined {
    const strides = this.#strides.get(axis) ?? new Map<Expression, number | undefined>();
    this.#strides.set(axis, strides);
    if (strides.has(expression)) return strides.get(expression);
    const stride = this.#stride(axis, expression);
    strides.set(expression, stride);
    return stride;
  }

  #stride(axis: number, expression: Expression): number | undefined {
    if (!this.axesOf(expression).has(axis)) return 0;
    if (expression.op === 'index') return 1;
    if (!isOperation(expression)) return undefined;
    const [first, second] = expression.inputs as [Expression, Expression];
    if (expression.op === 'add' || expression.op === 'sub') {
      const one = this.strideAlong(axis, first);
      const other = this.strideAlong(axis, second);
      if (one === undefined || other === undefined) return undefined;
      return expression.op === 'add' ? one + other : one - other;
    }
    if (expression.op !== 'mul') return undefined;
    const [factor, rest] = second.op === 'constant' ? [second, first] : [first, second];
    const stride = this.strideAlong(axis, rest);
    return factor.op === 'constant' && stride !== undefined ? stride * factor.value : undefined;
  }
}
