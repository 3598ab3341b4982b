import { compile, tensor, Variable, type Tensor } from '@gradus/core';
import { checkEqual, checkValues } from '../assertions.js';
import { read, type BackendTests } from '../suite.js';

const sumOfSquares = (x: Tensor): Tensor => x.square().sum();

/** Compiled functions: one plan for many calls, and everything that changes is an argument. */
export function programs(tests: BackendTests): void {
  const device = { device: tests.device };
  const holds = async (what: string, result: Tensor, data: readonly number[]): Promise<void> => {
    const { shape, dtype } = result;
    checkValues(what, await read(result), { shape, dtype, data });
  };

  tests.test('one plan serves all arguments of one shape', async () => {
    const program = compile(sumOfSquares, device);
    await holds('nested arrays', await program([1, 2, 3]), [14]);
    await holds('a typed array', await program(Float32Array.of(0, 1, 2)), [5]);
    await holds('a tensor', await program(tensor([2, 2, 2])), [12]);
    await holds('an expression', await program(tensor([1, 1, 1]).add(1)), [12]);
    checkEqual('programs traced', program.traces, 1);
    await holds('another shape', await program([[1, 2]]), [5]);
    checkEqual('programs traced', program.traces, 2);
  });
  tests.test('numbers are arguments, not constants', async () => {
    const program = compile((x: Tensor, factor: Tensor) => x.mul(factor).add(factor), device);
    await holds('a factor of 2', await program([1, 2], 2), [4, 6]);
    await holds('a factor of −0.5', await program([1, 2], -0.5), [-1, -1.5]);
    checkEqual('programs traced', program.traces, 1);
  });
  tests.test('constants of equal graphs share a plan', async () => {
    const own = await tests.createDevice();
    const x = await tensor([1, 2, 3]).to(own);
    const data = async (factor: number): Promise<number[]> => [
      ...(await x.mul(factor).add(1).data()),
    ];
    checkEqual('times 2', (await data(2)).join(), '3,5,7');
    const plans = own.plans.size;
    checkEqual('times −3', (await data(-3)).join(), '-2,-5,-8');
    checkEqual('plans after another constant', own.plans.size, plans);
    own.dispose();
  });
  tests.test('structured arguments and results', async () => {
    const program = compile(
      ({ pair, negate }: { pair: readonly [Tensor, Tensor]; negate: boolean }) => {
        const sum = pair[0].add(pair[1]);
        return { sum: negate ? sum.neg() : sum, parts: [...pair], label: 'both' };
      },
      device,
    );
    const result = await program({
      pair: [Float32Array.of(1, 2), Float32Array.of(10, 20)],
      negate: true,
    });
    await holds('the sum', result.sum, [-11, -22]);
    await holds('a part passed through', result.parts[1]!, [10, 20]);
    checkEqual('a plain value', result.label, 'both');
  });
  tests.test('no arguments, and results that are constants', async () => {
    const program = compile(() => [tensor([1, 2]).mul(0).add(3), tensor([5])] as const, device);
    const [computed, captured] = await program();
    await holds('computed', computed, [3, 3]);
    await holds('captured', captured, [5]);
  });
  tests.test('the same result twice', async () => {
    const program = compile((x: Tensor) => {
      const y = x.add(1);
      return [y, y, x, y.reshape([2, 1])] as const;
    }, device);
    const [one, two, argument, view] = await program([1, 2]);
    one.dispose();
    await holds('the second handle', two, [2, 3]);
    await holds('the argument', argument, [1, 2]);
    await holds('a view', view, [2, 3]);
  });
  tests.test('a variable made while tracing is made once', async () => {
    const program = compile((x: Tensor) => {
      const count = new Variable(0, { name: 'count' });
      count.assign(count.value.add(x.sum()));
      return count.value;
    }, device);
    await holds('first', await program([1, 2]), [3]);
    await holds('second', await program([10]), [13]);
    await holds('third', await program([1, 1]), [15]);
  });
  tests.test('zero-sized arguments', async () => {
    const program = compile((x: Tensor) => [x.mul(2), x.sum(0), x.sum()] as const, device);
    const [doubled, columns, total] = await program(tensor([], { shape: [0, 2] }));
    await holds('elements', doubled, []);
    await holds('columns', columns, [0, 0]);
    await holds('total', total, [0]);
  });
}
