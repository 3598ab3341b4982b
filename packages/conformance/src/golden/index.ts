/** A tensor of a golden file, row by row. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

/** Inputs, and what PyTorch computed from them in float64. */
export interface GoldenCase {
  readonly name: string;
  /** Options by PyTorch's names: `axes`, `keepDims`, `stride`, `lr`… */
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, GoldenTensor>>;
  /** Results by name; `dx` is the gradient of `x` for the output gradient `dy`. */
  readonly outputs: Readonly<Record<string, GoldenTensor>>;
}

/** All cases of one family. */
export interface GoldenFile {
  readonly family: string;
  /** Which program computed the numbers. */
  readonly source: string;
  readonly note?: string;
  readonly cases: readonly GoldenCase[];
}

// Loaded when asked for: together they are most of a megabyte.
const files = {
  activations: () => import('./activations.json', { with: { type: 'json' } }),
  conv2d: () => import('./conv2d.json', { with: { type: 'json' } }),
  losses: () => import('./losses.json', { with: { type: 'json' } }),
  normalization: () => import('./normalization.json', { with: { type: 'json' } }),
  optimizers: () => import('./optimizers.json', { with: { type: 'json' } }),
  pool2d: () => import('./pool2d.json', { with: { type: 'json' } }),
  tensor: () => import('./tensor.json', { with: { type: 'json' } }),
  trajectory: () => import('./trajectory.json', { with: { type: 'json' } }),
} as const satisfies Record<string, () => Promise<{ default: unknown }>>;

/** The families of golden numbers. */
export type GoldenFamily = keyof typeof files;

/**
 * Reference numbers from PyTorch in float64 for inputs that float32 holds: forward values,
 * gradients, optimiser trajectories. Images are NCHW, convolution weights OIHW, linear weights
 * [out, in].
 */
export async function goldenFile(family: GoldenFamily): Promise<GoldenFile> {
  const loaded: { readonly default: unknown } = await files[family]();
  return loaded.default as GoldenFile;
}

const tested = [
  'tensor',
  'activations',
  'losses',
  'conv2d',
  'pool2d',
  'normalization',
  'optimizers',
] as const satisfies GoldenFamily[];

/** The golden files whose cases the backend suite runs. */
export type GoldenFiles = Readonly<Record<(typeof tested)[number], GoldenFile>>;

/** Loads them. */
export async function goldenFiles(): Promise<GoldenFiles> {
  const entries = tested.map(async (family) => [family, await goldenFile(family)] as const);
  return Object.fromEntries(await Promise.all(entries)) as GoldenFiles;
}
