import {
  isOperation,
  type Expression,
  type Kernel,
  type KernelOutput,
  type Plan,
} from '@gradus/core/backend';

type Change = (expression: Expression) => Expression;

/** Rebuilds an expression from its leaves up, changing each part. Shared parts stay shared. */
export function changeExpression(root: Expression, change: Change): Expression {
  const changed = new Map<Expression, Expression>();
  const visit = (expression: Expression): Expression => {
    let result = changed.get(expression);
    if (result === undefined) {
      result = change(withOperands(expression, visit));
      changed.set(expression, result);
    }
    return result;
  };
  return visit(root);
}

function withOperands(expression: Expression, visit: Change): Expression {
  if (isOperation(expression)) return { ...expression, inputs: expression.inputs.map(visit) };
  if (expression.op !== 'load') return expression;
  const mask = expression.mask === undefined ? {} : { mask: visit(expression.mask) };
  return { ...expression, index: visit(expression.index), ...mask };
}

/** A plan whose kernels are changed, one by one or into several. */
export function changeKernels(plan: Plan, change: (kernel: Kernel) => Kernel | Kernel[]): Plan {
  return { ...plan, kernels: plan.kernels.flatMap(change) };
}

/** A plan in whose expressions each part is changed. */
export function changeExpressions(plan: Plan, change: Change): Plan {
  const visit: Change = (expression) => changeExpression(expression, change);
  const outputs = (list: readonly KernelOutput[]): KernelOutput[] =>
    list.map((output) => ({ ...output, value: visit(output.value) }));
  const changed = <K extends Kernel>(kernel: K): K => changedKernel(kernel) as K;
  const changedKernel = (kernel: Kernel): Kernel => {
    switch (kernel.kind) {
      case 'map':
      case 'matMul':
      case 'conv2d':
      case 'pool2d':
      case 'unpool2d':
        return { ...kernel, outputs: outputs(kernel.outputs) };
      case 'reduce': {
        const reductions = kernel.reductions.map((each) => ({ ...each, value: visit(each.value) }));
        return { ...kernel, reductions, outputs: outputs(kernel.outputs) };
      }
      case 'scatterAdd':
        return { ...kernel, index: visit(kernel.index), value: visit(kernel.value) };
      case 'row':
        return { ...kernel, phases: kernel.phases.map(changed) };
    }
  };
  return changeKernels(plan, changed);
}
