import {
  allocateTypedArray,
  type DataType,
  type ScalarOperation,
  type TypedArray,
} from '@gradus/core/backend';
import { Helpers } from '../../src/codegen/helpers.js';
import { operationCode } from '../../src/codegen/operations.js';
import { typeOf, vectorOf, type Lanes } from '../../src/codegen/types.js';

/** An operation and the dtypes of its operands and its result. */
export interface Application {
  readonly operation: ScalarOperation;
  readonly from: readonly DataType[];
  readonly to: DataType;
  readonly lanes: Lanes;
  readonly word?: 0 | 1;
  /** WGSL of operands that are not read from memory, by position. */
  readonly literals?: (helpers: Helpers) => Readonly<Record<number, string>>;
}

/** A shader that reads words, applies the operation and writes words. */
function shaderOf({ operation, from, to, lanes, word, literals }: Application): string {
  const helpers = new Helpers();
  const words = vectorOf('u32', lanes);
  const known = literals?.(helpers) ?? {};
  const inputType = from[from.length - 1]!;
  const operands = from.map((_, index) => known[index] ?? `operand${index}`);
  const code = operationCode(operation, { dtype: to, inputType, lanes, operands, word, helpers });
  const buffers = [...from, to].map(
    (_, index) =>
      `@group(0) @binding(${index}) var<storage, read_write> buffer${index}: array<${words}>;`,
  );
  const loads = from.map((dtype, index) => {
    const bits = `buffer${index}[i]`;
    const value =
      dtype === 'bool' ? `(${bits} != ${words}())` : `bitcast<${typeOf(dtype, lanes)}>(${bits})`;
    return `let operand${index} = ${value};`;
  });
  const bits = to === 'bool' ? `${words}(result)` : `bitcast<${words}>(result)`;
  return `${buffers.join('\n')}
${helpers.source}
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x;
  if (i >= arrayLength(&buffer0)) { return; }
  ${loads.join('\n  ')}
  let result: ${typeOf(to, lanes)} = ${code};
  buffer${from.length}[i] = ${bits};
}`;
}

/** The results of an operation on arrays of operands, whose lengths are the same multiple of four. */
export async function applyOperation(
  device: GPUDevice,
  application: Application,
  ...operands: readonly ArrayLike<number>[]
): Promise<TypedArray> {
  const { from, to, lanes } = application;
  const count = operands[0]!.length;
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ code: shaderOf(application) });
  const { messages } = await module.getCompilationInfo();
  if (messages.length > 0) {
    throw new Error(
      `${messages.map(({ lineNum, message }) => `${lineNum}: ${message}`).join('\n')}\n${shaderOf(application)}`,
    );
  }
  const pipeline = device.createComputePipeline({
    layout: 'auto',
    compute: { module, entryPoint: 'main' },
  });
  const buffers = [...from.map((dtype, index) => toWords(dtype, operands[index]!)), undefined].map(
    (words) => {
      const buffer = device.createBuffer({ size: 4 * count, usage: storageAndCopies });
      if (words !== undefined) device.queue.writeBuffer(buffer, 0, words);
      return buffer;
    },
  );
  const readback = device.createBuffer({ size: 4 * count, usage: mapRead | copyDestination });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  // What a literal replaces is not bound.
  const bound = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  pass.setBindGroup(0, bound);
  pass.dispatchWorkgroups(Math.ceil(count / lanes / 64));
  pass.end();
  encoder.copyBufferToBuffer(buffers[from.length]!, 0, readback, 0, 4 * count);
  device.queue.submit([encoder.finish()]);
  const error = await device.popErrorScope();
  if (error !== null) throw new Error(error.message);
  await readback.mapAsync(1);
  const results = fromWords(to, readback.getMappedRange());
  for (const buffer of [...buffers, readback]) buffer.destroy();
  return results;
}

/** Flags of `GPUBufferUsage`, which Node has no global of. */
const mapRead = 1;
const copyDestination = 8;
const storageAndCopies = 4 | copyDestination | 128;

function toWords(dtype: DataType, values: ArrayLike<number>): Uint32Array<ArrayBuffer> {
  if (dtype === 'float32') return new Uint32Array(Float32Array.from(values).buffer);
  return Uint32Array.from(values);
}

function fromWords(dtype: DataType, bytes: ArrayBuffer): TypedArray {
  if (dtype === 'float32') return new Float32Array(bytes.slice(0));
  if (dtype === 'int32') return new Int32Array(bytes.slice(0));
  const results =
    dtype === 'uint32'
      ? new Uint32Array(bytes.byteLength / 4)
      : allocateTypedArray(dtype, bytes.byteLength / 4);
  new Uint32Array(bytes).forEach((word, index) => {
    // What does not fit its dtype must not look as if it did.
    if (dtype !== 'uint32' && word > 255) throw new RangeError(`${dtype} of ${word}`);
    results[index] = word;
  });
  return results;
}
