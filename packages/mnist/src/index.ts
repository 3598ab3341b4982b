import type { Mnist, MnistOptions } from './load.js';
import { loadMnist } from './load.js';
import { browserPlatform } from './platform-browser.js';
import { nodePlatform } from './platform-node.js';

/**
 * The MNIST database of handwritten digits: 60,000 for training and 10,000 for testing.
 *
 * The files come from `dataDirectory` (in Node also `GRADUS_DATA_DIR`) if there is one. Otherwise
 * they come from the cache, and what is not there is downloaded, verified against its known
 * SHA-256, and cached: in Node in the platform's cache directory, in a page in the Cache API.
 * A directory may hold any data of the same form; `canonical` says whether it is MNIST.
 *
 * @param options See {@link MnistOptions}; all are optional.
 * @throws {DownloadError} If no mirror delivered a file; the message lists why.
 * @throws {MnistDataError} If the directory lacks files, or they hold something else.
 * @throws {IdxError | InflateError} If a file in the directory is damaged.
 */
export async function mnist(options: MnistOptions = {}): Promise<Mnist> {
  return loadMnist(nodePlatform() ?? browserPlatform, options);
}

export { decodeMnist } from './decode.js';
export type { DecodedMnist, NamedFile } from './decode.js';
export type { DigitDataset, DigitSplits } from './digit-dataset.js';
export { digitDrawer } from './digits/draw.js';
export type { DigitDrawer } from './digits/draw.js';
export { syntheticDigits } from './digits/synthetic.js';
export type { SyntheticDigitsOptions } from './digits/synthetic.js';
export { defaultVariation } from './digits/variation.js';
export type { Variation } from './digits/variation.js';
export type { DownloadEvent } from './download.js';
export {
  DigitsError,
  DownloadError,
  IdxError,
  InflateError,
  MnistDataError,
  MnistError,
} from './errors.js';
export type {
  DigitsErrorCode,
  IdxErrorCode,
  InflateErrorCode,
  MirrorFailure,
  MnistDataErrorCode,
} from './errors.js';
export { mnistMirrors } from './files.js';
export type { ForEachFile, MnistRole } from './files.js';
export { readIdx, writeIdx } from './idx.js';
export type { IdxArray, IdxDtype } from './idx.js';
export { inflate } from './inflate.js';
export type { InflateOptions } from './inflate.js';
export type { Mnist, MnistOptions } from './load.js';
export type { FileCache } from './platform.js';
export type { Fetch } from './transfer.js';
