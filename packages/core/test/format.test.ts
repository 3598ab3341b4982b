import { beforeEach, describe, expect, it } from 'vitest';
import { setDefaultDevice, tensor, Variable, zeros } from '../src/index.js';
import { interpreter } from './support/interpreter.js';

beforeEach(() => setDefaultDevice(interpreter()));

const head = (text: string): string => text.split('\n')[0]!;

describe('a tensor as text', () => {
  it('shows dtype, shape and values in nested brackets', () => {
    expect(String(tensor(3))).toBe('Tensor(float32 [], 3)');
    expect(String(tensor([1, 2]))).toBe('Tensor(float32 [2], [1, 2])');
    expect(String(tensor([[]]))).toBe('Tensor(float32 [1, 0], [[]])');
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
    expect(String(tensor([0.1, 1e-9], { dtype: 'float64' }))).toBe(
      'Tensor(float64 [2], [   0.1, 1e-9  ])',
    );
    expect(String(tensor([1.5, 0.1], { dtype: 'float16' }))).toBe(
      'Tensor(float16 [2], [1.5, 0.1])',
    );
    expect(String(tensor([1 / 3, 2 ** 40]))).toBe(
      'Tensor(float32 [2], [            0.33333334, 1099511600000         ])',
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
