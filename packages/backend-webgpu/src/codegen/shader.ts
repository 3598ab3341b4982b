import { isFloating, type DataType, type Plan } from '@gradus/core/backend';
import { accessName, accessors, type Access, type Storage } from './accessors.js';
import { Block, Names } from './block.js';
import { Helpers } from './helpers.js';
import type { Scratch, ScratchPlace } from './scratch.js';
import type { Target } from './target.js';
import { typeOf, type Lanes } from './types.js';

/** Memory that a dispatch is given: a buffer of the plan, or a part of the scratch memory. */
export type Resource = number | ScratchPlace;

/** One of the storage buffers of a dispatch, in the order of their binding numbers. */
export interface Binding {
  readonly resource: Resource;
  readonly readOnly: boolean;
}

/** One dispatch: a compute shader, what it is given, and how many workgroups run it. */
export interface Stage {
  /** What the kernel does, for people. */
  readonly name: string;
  /** WGSL; its entry point is `main`. */
  readonly source: string;
  readonly bindings: readonly Binding[];
  /** Whether the run's scalars are bound too, as a uniform buffer behind the bindings. */
  readonly usesScalars: boolean;
  /** May be more than one dimension of a dispatch can have: see `workgroupIndex`. */
  readonly workgroups: number;
}

/** What shaders of one plan share. */
export interface ShaderContext {
  readonly plan: Plan;
  readonly scratch: Scratch;
  /** Whether no sum may be cut into parts that a second stage adds up. */
  readonly undivided: boolean;
  readonly target: Target;
}

/** Memory as the shader under construction uses it. */
interface Used extends Binding {
  readonly storage: Storage;
  readonly accesses: Set<Access>;
}

/** A compute shader under construction. */
export class Shader {
  readonly helpers = new Helpers();
  readonly body: Block;
  readonly #context: ShaderContext;
  readonly #used = new Map<Resource, Used>();
  readonly #declarations: string[] = [];
  readonly #names = new Names();
  #usesScalars = false;

  /** An empty shader of a kernel of `context.plan`. */
  constructor(context: ShaderContext) {
    this.#context = context;
    this.body = new Block(this.#names);
  }

  /** Where the kernel's stages keep what the next one needs. */
  get scratch(): Scratch {
    return this.#context.scratch;
  }

  /** The plan whose kernel this is a shader of. */
  get plan(): Plan {
    return this.#context.plan;
  }

  /**
   * Elements from `index` (an i32 expression) on; four of them only from multiples of four. No
   * index touches memory outside the buffer, but what is read there is undefined.
   */
  load(resource: Resource, index: string, lanes: Lanes): string {
    return `${this.#access(resource, lanes === 1 ? 'load' : 'load4')}(${index})`;
  }

  /** A statement that stores elements; those of 8 bits only four at a time. */
  store(resource: Resource, index: string, value: string, lanes: Lanes): string {
    return `${this.#access(resource, lanes === 1 ? 'store' : 'store4')}(${index}, ${value});`;
  }

  /** The value of a run-time scalar. */
  scalar(position: number, dtype: DataType): string {
    this.#usesScalars = true;
    const word = `scalars[${position >> 2}][${position & 3}]`;
    if (dtype === 'bool') return `(${word} != 0u)`;
    if (dtype === 'float16') return `f16(bitcast<f32>(${word}))`;
    return isFloating(dtype) || dtype === 'int32' ? `bitcast<${typeOf(dtype, 1)}>(${word})` : word;
  }

  /** Adds a declaration beside the entry point, of something named after `hint`. */
  declare(hint: string, declaration: (name: string) => string): string {
    const name = this.#names.next(hint);
    this.#declarations.push(declaration(name));
    return name;
  }

  /** The whole shader. */
  finish(name: string, workgroupSize: number, workgroups: number): Stage {
    const used = [...this.#used.values()];
    const scalars = Math.ceil(this.plan.scalars.length / 4);
    const code = [
      ...used.map(({ storage, accesses }) => accessors(storage, accesses)),
      this.#usesScalars
        ? `@group(0) @binding(${used.length}) var<uniform> scalars: array<vec4<u32>, ${scalars}>;`
        : '',
      ...this.#declarations,
      this.helpers.source,
      `@compute @workgroup_size(${workgroupSize})`,
      'fn main(@builtin(workgroup_id) workgroup: vec3<u32>,',
      '        @builtin(num_workgroups) workgroups: vec3<u32>,',
      '        @builtin(local_invocation_index) local: u32) {',
      this.body.source,
      '}',
    ]
      .filter((part) => part !== '')
      .join('\n');
    const source = /\bf16\b/.test(code) ? `enable f16;\n${code}` : code;
    const bindings = used.map(({ resource, readOnly }) => ({ resource, readOnly }));
    return { name, source, bindings, usesScalars: this.#usesScalars, workgroups };
  }

  #access(resource: Resource, access: Access): string {
    const used = this.#used.get(resource) ?? this.#use(resource);
    used.accesses.add(access);
    return accessName(used.storage, access);
  }

  #use(resource: Resource): Used {
    const binding = this.#used.size;
    const { dtype, readOnly } =
      typeof resource === 'number' ? this.#planned(resource) : { ...resource, readOnly: false };
    const storage = { binding, dtype, readOnly };
    const used = { resource, readOnly, storage, accesses: new Set<Access>() };
    this.#used.set(resource, used);
    return used;
  }

  /** One buffer cannot be bound for reading alone and for writing at once: the arena never is. */
  #planned(position: number): { readonly dtype: DataType; readonly readOnly: boolean } {
    const buffer = this.plan.buffers[position]!;
    return { dtype: buffer.dtype, readOnly: buffer.role === 'input' && !buffer.written };
  }
}

/** WGSL of the position of this workgroup among all of a dispatch, as u32. */
export const workgroupIndex = '(workgroup.y * workgroups.x + workgroup.x)';
