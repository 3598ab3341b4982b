/** Which of the four files. */
export type MnistRole = 'trainImages' | 'trainLabels' | 'testImages' | 'testLabels';

/** Something for each of the four files. */
export type ForEachFile<Value> = Readonly<Record<MnistRole, Value>>;

/** A file that is known before it is fetched: length and digest are those of the inflated bytes. */
export interface VerifiedFile {
  readonly name: string;
  readonly byteLength: number;
  /** SHA-256 in lower-case hexadecimal. */
  readonly sha256: string;
}

/** The four files of MNIST by their canonical names. */
export const mnistFiles: ForEachFile<VerifiedFile> = {
  trainImages: {
    name: 'train-images-idx3-ubyte',
    byteLength: 47_040_016,
    sha256: 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    byteLength: 60_008,
    sha256: '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    byteLength: 7_840_016,
    sha256: '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    byteLength: 10_008,
    sha256: 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  },
};

/** Makes something for each of the four files, one after another. */
export async function forEachFile<Value>(
  make: (role: MnistRole) => Value | Promise<Value>,
): Promise<ForEachFile<Value>> {
  const made: Partial<Record<MnistRole, Value>> = {};
  for (const role of Object.keys(mnistFiles) as MnistRole[]) made[role] = await make(role);
  return made as ForEachFile<Value>;
}

/**
 * The most bytes that a file may have when its contents are not known beforehand: far more than any
 * collection of this kind has (EMNIST's largest file of digits is of 188 MB).
 */
export function maximumBytes(role: MnistRole): number {
  return role === 'trainImages' || role === 'testImages' ? 2 ** 28 : 2 ** 19;
}

/** Public mirrors of the four gzipped files that allow requests from any page. */
export const mnistMirrors: readonly string[] = [
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
];

/** The names under which a file may lie in a data directory, in order of preference. */
export function acceptedNames(role: MnistRole): string[] {
  const { name } = mnistFiles[role];
  const dotted = name.replace('-idx', '.idx');
  return [name, dotted, `${name}.gz`, `${dotted}.gz`];
}
