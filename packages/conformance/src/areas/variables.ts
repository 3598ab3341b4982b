import { compile, realize, tensor, Variable, type DataType, type Tensor } from '@gradus/core';
import { checkValues } from '../assertions.js';
import { Inputs } from '../inputs.js';
import { exactSteps, fit, randomProgram } from '../random-program.js';
import { evaluateReference } from '../reference/evaluate.js';
import { read, type BackendTests } from '../suite.js';

const matrix = [
  [1, 2],
  [3, 4],
];

/** What variables hold, after each of a few steps. */
type Trajectory = readonly (readonly (readonly number[])[])[];

/** Variables on the device: versions, updates in place, and the hazards of overwriting. */
export function variables(tests: BackendTests): void {
  const device = { device: tests.device };
  const holds = async (
    what: string,
    variable: Variable | Tensor,
    data: readonly number[],
  ): Promise<void> => {
    const { shape, dtype } = variable;
    checkValues(what, await read(variable), { shape, dtype, data });
  };

  /** Runs a program that updates variables, which start as `matrix` times 1, 10, 100… */
  const updates = (
    name: string,
    step: (...variables: Variable[]) => unknown,
    trajectory: Trajectory,
  ): void => {
    tests.test(name, async () => {
      const variables = trajectory[0]!.map(
        (_, position) => new Variable(tensor(matrix).mul(10 ** position), { name: `v${position}` }),
      );
      const program = compile(() => void step(...variables), device);
      for (const [index, row] of trajectory.entries()) {
        await program();
        for (const [position, values] of row.entries()) {
          await holds(
            `${name}: v${position} after step ${index + 1}`,
            variables[position]!,
            values,
          );
        }
      }
    });
  };

  updates('an update in place', (w) => w.assign(w.value.mul(2)), [
    [[2, 4, 6, 8]],
    [[4, 8, 12, 16]],
  ]);
  updates('two variables swapped', (a, b) => swap(a, b), [
    [
      [10, 20, 30, 40],
      [1, 2, 3, 4],
    ],
    [
      [1, 2, 3, 4],
      [10, 20, 30, 40],
    ],
  ]);
  updates(
    'three variables rotated',
    (a, b, c) => {
      const [x, y, z] = [a.value, b.value, c.value];
      a.assign(y);
      b.assign(z);
      c.assign(x);
    },
    [
      [
        [10, 20, 30, 40],
        [100, 200, 300, 400],
        [1, 2, 3, 4],
      ],
    ],
  );
  updates('w ← 2wᵀ', (w) => w.assign(w.value.transpose().mul(2)), [
    [[2, 6, 4, 8]],
    [[4, 8, 12, 16]],
  ]);
  updates('w ← w flipped, plus w', (w) => w.assign(w.value.flip().add(w.value)), [[[5, 5, 5, 5]]]);
  updates('w ← w·w', (w) => w.assign(w.value.matMul(w.value)), [[[7, 10, 15, 22]]]);
  updates(
    'w ← w − its row sums',
    (w) => w.assign(w.value.sub(w.value.sum(1, { keepDims: true }))),
    [[[-2, -1, -4, -3]]],
  );
  updates(
    'an update that reads another one of the same step',
    (a, b) => {
      a.assign(a.value.add(1));
      b.assign(b.value.add(a.value));
    },
    [
      [
        [2, 3, 4, 5],
        [12, 23, 34, 45],
      ],
      [
        [3, 4, 5, 6],
        [15, 27, 39, 51],
      ],
    ],
  );
  updates(
    'an old value read after its update',
    (a, b) => {
      const old = a.value;
      a.assign(old.mul(0));
      b.assign(b.value.add(old));
    },
    [
      [
        [0, 0, 0, 0],
        [11, 22, 33, 44],
      ],
      [
        [0, 0, 0, 0],
        [11, 22, 33, 44],
      ],
    ],
  );
  updates(
    'transposes exchanged',
    (a, b) => {
      const [x, y] = [a.value.transpose(), b.value.transpose()];
      a.assign(y);
      b.assign(x);
    },
    [
      [
        [10, 30, 20, 40],
        [1, 3, 2, 4],
      ],
    ],
  );
  updates(
    'one variable assigned twice in a step',
    (w) => {
      w.assign(w.value.add(1));
      w.assign(w.value.mul(w.value));
    },
    [[[4, 9, 16, 25]]],
  );

  tests.test('results hold the values of their own step', async () => {
    const w = new Variable(tensor(matrix));
    const step = compile(() => {
      const before = w.value;
      w.assign(w.value.add(1));
      return { before, after: w.value, doubled: w.value.mul(2) };
    }, device);
    const first = await step();
    const second = await step();
    await holds('before the first step', first.before, [1, 2, 3, 4]);
    await holds('after the first step', first.after, [2, 3, 4, 5]);
    await holds('doubled', first.doubled, [4, 6, 8, 10]);
    await holds('before the second step', second.before, [2, 3, 4, 5]);
  });
  tests.test('steps that nobody awaits run in order', async () => {
    const w = new Variable(tensor(matrix));
    const step = compile((x: Tensor) => w.assign(w.value.mul(2).add(x)), device);
    const pending = [1, 2, 3].map((each) => step(each));
    await holds('after three steps', w, [19, 27, 35, 43]);
    await Promise.all(pending);
  });
  tests.test('a value read before a step keeps it', async () => {
    const w = new Variable(tensor(matrix));
    await realize(w);
    const before = w.value;
    const later = w.value.mul(10);
    const step = compile(() => w.assign(w.value.add(1)), device);
    await step();
    await step();
    await holds('the value read before', before, [1, 2, 3, 4]);
    await holds('an expression of it', later, [10, 20, 30, 40]);
    await holds('the variable', w, [3, 4, 5, 6]);
  });
  tests.test('assigned from outside between steps', async () => {
    const [a, b] = [
      new Variable(tensor(matrix)),
      new Variable(tensor([5, 6, 7, 8]).reshape([2, 2])),
    ];
    const step = compile(() => a.assign(a.value.add(b.value)), device);
    await step();
    b.assign(a.value);
    a.assign([
      [0, 0],
      [0, 1],
    ]);
    await step();
    await holds('the variable that was updated', a, [6, 8, 10, 13]);
    await holds('the variable that it was copied to', b, [6, 8, 10, 12]);
  });
  for (const dtype of tests.dtypes((each) => each !== 'float16')) everyDtype(tests, dtype, holds);
  for (let seed = 0; seed < 20; seed++) randomUpdates(tests, seed);
}

function swap(a: Variable, b: Variable): void {
  const [x, y] = [a.value, b.value];
  a.assign(y);
  b.assign(x);
}

function everyDtype(
  tests: BackendTests,
  dtype: DataType,
  holds: (what: string, variable: Variable, data: readonly number[]) => Promise<void>,
): void {
  tests.test(`a variable of ${dtype}`, async () => {
    const w = new Variable(tensor([0, 1, 1], { dtype }), { dtype });
    const step = compile(() => w.assign(w.value.flip()), { device: tests.device });
    await holds('at first', w, [0, 1, 1]);
    await step();
    await holds('flipped', w, [1, 1, 0]);
  });
}

/** Programs that overwrite three variables with exact functions of all of them, three times. */
function randomUpdates(tests: BackendTests, seed: number): void {
  const shapes = [[4, 4], [4, 4], [16]];
  const results = (values: readonly Tensor[]): Tensor[] => {
    const program = randomProgram(new Inputs(seed), values, exactSteps, 8);
    for (;;) {
      const { done, value } = program.next();
      if (done === true)
        return value.map((each, position) => fit(each, shapes[position]!, 'int32'));
    }
  };
  tests.test(`random updates in place, seed ${seed}`, async () => {
    const drawn = new Inputs(seed);
    let expected = shapes.map((shape) => drawn.tensor(shape, 'int32', { minimum: -9, maximum: 9 }));
    const variables = expected.map((each) => new Variable(each, { dtype: 'int32' }));
    const step = compile(
      () => {
        const next = results(variables.map(({ value }) => value));
        next.forEach((each, position) => variables[position]!.assign(each));
      },
      { device: tests.device },
    );
    for (let count = 1; count <= 3; count++) {
      await step();
      expected = evaluateReference(results(expected)).map(({ data, shape }) =>
        tensor(Array.from(data), { shape, dtype: 'int32' }),
      );
      for (const [position, variable] of variables.entries()) {
        const [reference] = evaluateReference([expected[position]!]);
        const what = `random updates of seed ${seed}: variable ${position} after step ${count}`;
        checkValues(what, await read(variable), { ...reference!, dtype: 'int32' });
      }
    }
  });
}
