import { DeviceError } from '@gradus/core/backend';

/** How an adapter is chosen. */
export interface AdapterOptions {
  /** An adapter to use instead of asking for one. */
  readonly adapter?: GPUAdapter | undefined;
  /** Which of a machine's adapters is preferred; the system decides if not given. */
  readonly powerPreference?: GPUPowerPreference | undefined;
}

/** The adapter to compute on. Rejects with a `DeviceError` that says what to do where there is none. */
export async function findAdapter({
  adapter,
  powerPreference,
}: AdapterOptions): Promise<GPUAdapter> {
  if (adapter !== undefined) return adapter;
  const gpu = await findGpu();
  const found = await gpu.requestAdapter(powerPreference === undefined ? {} : { powerPreference });
  if (found !== null) return found;
  throw new DeviceError(
    'webgpu: there is WebGPU here, but no adapter. ' +
      (isNode()
        ? 'Install a driver for Vulkan, Metal or Direct3D 12; on machines without a GPU, ' +
          'SwiftShader is one (VK_ICD_FILENAMES says where its vk_swiftshader_icd.json is).'
        : 'Switch hardware acceleration on in the settings of the browser, or see chrome://gpu ' +
          'for what keeps it from using the GPU.') +
      ' The devices of @gradus/backend-wasm and @gradus/backend-cpu work everywhere.',
  );
}

let ofNode: Promise<GPU> | undefined;

/** WebGPU of the page, the worker or Deno; in Node that of the npm package `webgpu`. */
async function findGpu(): Promise<GPU> {
  const { gpu } = (globalThis as { navigator?: { gpu?: GPU } }).navigator ?? {};
  if (gpu !== undefined) return gpu;
  if (isNode()) return (ofNode ??= createInNode());
  const insecure = (globalThis as { isSecureContext?: boolean }).isSecureContext === false;
  throw new DeviceError(
    'webgpu: this browser does not offer WebGPU ' +
      (insecure
        ? 'to pages without encryption: serve the page by https, or from localhost.'
        : 'to this page: use a current Chrome, Edge, Safari or Firefox.'),
  );
}

function isNode(): boolean {
  return (
    (globalThis as { process?: { release?: { name?: string } } }).process?.release?.name === 'node'
  );
}

/** One for the process: to make several is slow, and to let go of one ends its devices. */
async function createInNode(): Promise<GPU> {
  // Bundlers for browsers must not look for a package that only Node needs.
  const name = 'webgpu';
  try {
    const dawn = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as {
      create(options: readonly string[]): GPU;
    };
    return dawn.create([]);
  } catch (cause) {
    ofNode = undefined;
    throw new DeviceError(
      'webgpu: Node has no WebGPU of its own. Install the npm package `webgpu` beside ' +
        `@gradus/backend-webgpu (importing it failed: ${(cause as Error).message}).`,
      { cause },
    );
  }
}
