import { beforeEach, describe, expect, it } from 'vitest';
import { setDefaultDevice, tensor, Variable, zeros } from '../src/index.js';
import { interpreter } from './support/interpreter.js';

beforeEach(() => setDefaultDevice(interpreter()));

const head = (text: string): string => text.split('\n')[0]!;

describe('a tensor as text', () => {
  it('shows dtype, shape and values in nested brackets', () => {
    expect(String(tensor(3))).toBe('Tensor(float32 [], 3)');
    expect(String(tensor([1, 2]))).toBe('Tensor(float32 [2], [1, 2])');
    expect(String(tensor([[]]))).toBe('Tensor(float32 [1, 0], [])');
    expect(String(tensor([]))).toBe('Tensor(float32 [0], [])');
    expect(String(tensor(new Int32Array([-5, 7])))).toBe('Tensor(int32 [2], [-5,  7])');
  });

  it('aligns columns at the decimal point', () => {
    const text = String(
      tensor([
        [1, 10.25],
        [-100, 0.5],
      ]),
    );
    expect(text.split('\n')).toEqual([
      'Tensor(float32 [2, 2], [[   1   ,   10.25],',
      '                        [-100   ,    0.5 ]])',
    ]);
  });

  it('separates matrices by an empty line', () => {
    const text = String(
      tensor([
        [[1], [2]],
        [[3], [4]],
      ]),
    );
    expect(text.split('\n').map((line) => line.trim())).toEqual([
      'Tensor(float32 [2, 2, 1], [[[1],',
      '[2]],',
      '',
      '[[3],',
      '[4]]])',
    ]);
  });

  it('knows what is not a plain number', () => {
    expect(String(tensor([true, false]))).toBe('Tensor(bool [2], [ true, false])');
    expect(String(tensor([NaN, -Infinity, 1]))).toBe(
      'Tensor(float32 [3], [      NaN, -Infinity,         1])',
    );
    expect(String(tensor([-0]))).toBe('Tensor(float32 [1], [-0])');
    expect(String(tensor([0.1]))).toBe('Tensor(float32 [1], [0.1])');
    expect(String(tensor([1.5, 0.1], { dtype: 'float16' }))).toBe(
      'Tensor(float16 [2], [1.5, 0.1])',
    );
  });

  // The strings are NumPy 2.4's, without its trailing points.
  it.each([
    ['float64', [0.1, 1e-9], '1e-01, 1e-09'],
    ['float32', [1 / 3, 2 ** 40], '3.3333334e-01, 1.0995116e+12'],
    ['float32', [1, 2000], '1e+00, 2e+03'],
    ['float32', [1, -1000, 0], '    1, -1000,     0'],
    ['float32', [1e6, 999999], '1.00000e+06, 9.99999e+05'],
    ['float32', [100000, 123.456], '100000    ,    123.456'],
    ['float64', [16777217, 0.5], '1.6777217e+07, 5.0000000e-01'],
    ['float64', [1 / 3, 100], '  0.33333333, 100         '],
    ['float64', [0.99999999999, 9999999.5], '1.0000000e+00, 9.9999995e+06'],
    ['float64', [1e300, 1e-300, 3], '1e+300, 1e-300, 3e+000'],
    ['float64', [-0, 1e10, NaN, -Infinity], '   -0e+00,     1e+10,       NaN, -Infinity'],
    ['float64', [0, 1e-5], '0e+00, 1e-05'],
    ['float16', [65504, 0.001], '6.55e+04, 1.00e-03'],
    ['int32', [2147483647, -1, 0], '2147483647,         -1,          0'],
    ['uint8', [255, 7], '255,   7'],
  ] as const)('%s %j', (dtype, values, expected) => {
    expect(String(tensor([...values], { dtype }))).toBe(
      `Tensor(${dtype} [${values.length}], [${expected}])`,
    );
  });

  it('goes on in another line where a row is long', () => {
    const rows = tensor(
      Int32Array.from({ length: 60 }, (_, i) => i),
      { shape: [2, 30] },
    );
    expect(String(rows).split('\n')).toEqual([
      'Tensor(int32 [2, 30], [[ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13,',
      '                        14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,',
      '                        28, 29],',
      '                       [30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,',
      '                        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57,',
      '                        58, 59]])',
    ]);
  });

  it('needs no space for what has no elements', () => {
    expect(String(zeros([1_000_000, 0]))).toContain('not computed');
    expect(String(tensor(new Float32Array(0), { shape: [1_000_000, 0] }))).toBe(
      'Tensor(float32 [1000000, 0], [])',
    );
  });

  it('leaves out the middle beyond 1,000 elements', async () => {
    const line = tensor(new Float32Array(1001).map((_, i) => i));
    expect(String(line)).toBe('Tensor(float32 [1001], [   0,    1,    2, …,  998,  999, 1000])');
    expect(String(tensor(new Float32Array(1000)))).not.toContain('…');
    const wide = tensor(new Float32Array(2000), { shape: [1000, 2] });
    expect(String(wide).split('\n')).toHaveLength(7);
    expect(head(String(wide))).toBe('Tensor(float32 [1000, 2], [[0, 0],');
    const huge = zeros([1000, 1000]).add(1);
    await huge.data();
    expect(String(huge).length).toBeLessThan(600);
  });

  it('says when there are no values to show', async () => {
    const x = tensor([1]).add(1);
    expect(String(x)).toBe('Tensor(float32 [1], not computed)');
    await x.data();
    expect(String(x)).toBe('Tensor(float32 [1], [2])');
    x.dispose();
    expect(String(x)).toBe('Tensor(float32 [1], disposed)');
  });

  it('shows a variable by name', () => {
    expect(String(new Variable([1, 2], { name: 'bias' }))).toBe('Variable(bias, float32 [2])');
  });
});
