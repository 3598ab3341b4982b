import { tensor, zeros } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { accuracy } from '../src/index.js';
import { expectError, useCpu } from './support.js';

useCpu();

describe('accuracy', () => {
  const logits = tensor([
    [0.1, 0.9, 0],
    [5, 1, 2],
    [-3, -2, -1],
    [1, 0, 0],
  ]);

  it('is the share of right answers', async () => {
    const labels = tensor([1, 0, 2, 2], { dtype: 'uint8' });
    const result = accuracy(logits, labels);
    expect([result.shape, result.dtype]).toEqual([[], 'float32']);
    expect(await result.item()).toBe(0.75);
    expect(await accuracy(logits, [0, 1, 0, 1]).item()).toBe(0);
  });

  it('takes probabilities', async () => {
    const labels = [
      [0, 1, 0],
      [0.6, 0.4, 0],
      [0.5, 0.2, 0.3],
      [1, 0, 0],
    ];
    expect(await accuracy(logits, labels).item()).toBe(0.75);
  });

  it('counts the first of equal logits', async () => {
    expect(await accuracy(zeros([2, 3]), [0, 1]).item()).toBe(0.5);
  });

  it('names itself in errors', () => {
    const message = /^accuracy: for logits of shape \[4, 3\], .* got \[3\]\.$/;
    expectError(() => accuracy(logits, [0, 1, 2]), 'SHAPE', message);
  });
});
