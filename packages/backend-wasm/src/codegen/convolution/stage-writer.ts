import type { Conv2dKernel } from '@gradus/core/backend';
import { i32, type FunctionBody } from '../../assembler/index.js';
import type { EngineFunctions } from '../../engine.js';
import type { Code } from '../code.js';
import { parameterLayout } from '../environment.js';
import type { ConvolutionEpilogue } from './epilogue.js';
import type { ThreadShare } from './thread-stage.js';

/** What all stages of a convolution are written from. */
interface Ingredients<Blocks, Layout> {
  readonly engine: EngineFunctions;
  readonly kernel: Conv2dKernel;
  readonly blocks: Blocks;
  readonly layout: Layout;
  readonly finish: ConvolutionEpilogue;
}

/** Writes a stage of a convolution: what is the same whichever pass it is of. */
export class StageWriter<Blocks, Layout> {
  protected readonly engine: EngineFunctions;
  protected readonly kernel: Conv2dKernel;
  protected readonly blocks: Blocks;
  protected readonly layout: Layout;
  /** What follows the sums. */
  protected readonly finish: ConvolutionEpilogue;
  protected readonly body: FunctionBody;
  protected readonly share: ThreadShare;

  constructor(
    { engine, kernel, blocks, layout, finish }: Ingredients<Blocks, Layout>,
    body: FunctionBody,
    share: ThreadShare,
  ) {
    this.engine = engine;
    this.kernel = kernel;
    this.blocks = blocks;
    this.layout = layout;
    this.finish = finish;
    this.body = body;
    this.share = share;
  }

  /** The address of an operand. */
  protected operand(buffer: number): Code<'i32'> {
    const address = i32.load(this.share.parameters, parameterLayout.buffer(buffer));
    return this.body.let(address, `buffer${buffer}`);
  }

  /** A place in the thread's own memory. */
  protected at(offset: number): Code<'i32'> {
    return i32.add(this.share.scratch, offset);
  }
}
