import { DeviceError } from '@gradus/core/backend';

// What WebGPU defines, by name: whoever has its types, by @webgpu/types or a newer `lib`, has all of
// it; nobody needs them in order to compile.
declare global {
  /** Of WebGPU. */
  interface GPUDevice {}
  /** Of WebGPU. */
  interface GPUAdapter {}
}

/** How a device is chosen. */
export interface DeviceChoice {
  /** A device to share with other code, which remains the owner: `dispose` leaves it alone. */
  readonly device?: GPUDevice | undefined;
  /** An adapter to ask for a device, instead of looking for one. */
  readonly adapter?: GPUAdapter | undefined;
  /** Which of a machine's adapters is preferred; the system decides if not given. */
  readonly powerPreference?: 'low-power' | 'high-performance' | undefined;
}

const features = ['shader-f16', 'subgroups', 'timestamp-query'] as const;

/** What large tensors and fused kernels run into: a device gets as much as its adapter has. */
const limits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxUniformBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
] as const;

/**
 * The device to compute on. Rejects with a `DeviceError` that says what to do where there is none,
 * and for options that are not what they should be.
 */
export async function findDevice(choice: DeviceChoice): Promise<GPUDevice> {
  assertSound(choice);
  if (choice.device !== undefined) return choice.device;
  const adapter = choice.adapter ?? (await findAdapter(choice.powerPreference));
  try {
    const device = await adapter.requestDevice({
      label: 'Gradus',
      requiredLimits: Object.fromEntries(limits.map((name) => [name, adapter.limits[name]])),
      requiredFeatures: features.filter((each) => adapter.features.has(each)),
    });
    if (isNode()) endWithProcess(device);
    return device;
  } catch (cause) {
    throw new DeviceError(
      `webgpu: the adapter gives no device (${(cause as Error).message}). An adapter gives one ` +
        'only once: ask for a new adapter, or share the device itself by the option `device`.',
      { cause },
    );
  }
}

function assertSound({ device, adapter, powerPreference }: DeviceChoice): void {
  if (device !== undefined && adapter !== undefined) {
    throw new DeviceError(
      'webgpu: give a `device` to share or an `adapter` to ask for one, not both.',
    );
  }
  // Callers without types pass what they have: a promise, mostly.
  if (device !== undefined && typeof device.createComputePipelineAsync !== 'function') {
    throw new DeviceError(
      `webgpu: the option \`device\` must be a GPUDevice (await adapter.requestDevice()), ${got(device)}.`,
    );
  }
  if (adapter !== undefined && typeof adapter.requestDevice !== 'function') {
    throw new DeviceError(
      `webgpu: the option \`adapter\` must be a GPUAdapter (await gpu.requestAdapter()), ${got(adapter)}.`,
    );
  }
  const known: unknown[] = ['low-power', 'high-performance', undefined];
  if (!known.includes(powerPreference)) {
    throw new DeviceError(
      `webgpu: powerPreference must be 'low-power' or 'high-performance', ${got(powerPreference)}.`,
    );
  }
}

const got = (value: unknown): string => `got ${String(value)}`;

async function findAdapter(powerPreference?: GPUPowerPreference): Promise<GPUAdapter> {
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

interface Process {
  readonly release?: { readonly name?: string };
  once(event: 'exit', listener: () => void): void;
}

const { process } = globalThis as { readonly process?: Process };

function isNode(): boolean {
  return process?.release?.name === 'node';
}

const live = new Set<GPUDevice>();

/** A process that ends while a GPU computes for it crashes: its devices must end before. */
function endWithProcess(device: GPUDevice): void {
  if (!listening) {
    listening = true;
    process!.once('exit', () => live.forEach((each) => each.destroy()));
  }
  live.add(device);
  void device.lost.then(() => live.delete(device));
}

let listening = false;

/** One for the process, which it must outlive: devices end when their `GPU` is collected. */
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
