import type { ScalarOperation } from '../backend/expression.js';
import { isFloating } from '../dtype.js';
import { isPrimitive, type GraphNode } from '../graph/node.js';
import { kindOf, resolve, resolvedInputs } from './describe.js';
import { ExpressionTable, type DraftExpression } from './draft-expression.js';
import { combinesNothing, reducedShape, type Draft } from './draft.js';
import { add, constantIndex, dynamicIndex, flatten, unflatten, type Linear } from './linear.js';
import { operandMemory, ownIndices, sourceIndices } from './movement.js';

/** What a draft computes, spelled out. */
export interface BuiltDraft {
  readonly draft: Draft;
  /** Of each store, in order; for a scatter none. */
  readonly values: readonly DraftExpression[];
  /** Of each reduction; for a scatter its index and its update. */
  readonly prologues: readonly DraftExpression[];
  /** Nodes read from memory, and whether only at the point that is being computed. */
  readonly loads: ReadonlyMap<GraphNode, { readonly identity: boolean }>;
  /** How many nodes are computed at each point: operations, and movements that cost nothing. */
  readonly operations: number;
  /** The primitives fused, in the order they compute. */
  readonly primitives: readonly string[];
}

/** Spells out a draft, given which nodes are in memory and the positions of the scalars. */
export function buildDraft(
  draft: Draft,
  stored: ReadonlySet<GraphNode>,
  scalars: ReadonlyMap<GraphNode, number>,
): BuiltDraft {
  return new DraftBuilder(draft, stored, scalars).build();
}

class DraftBuilder {
  readonly #draft: Draft;
  readonly #stored: ReadonlySet<GraphNode>;
  readonly #scalars: ReadonlyMap<GraphNode, number>;
  readonly #table = new ExpressionTable();
  readonly #memo = new Map<string, DraftExpression>();
  readonly #loads = new Map<GraphNode, { identity: boolean }>();
  readonly #primitives = new Set<string>();
  #operations = 0;
  readonly #identity: Linear;
  /** Inside prologues nothing is at the point being computed. */
  #inPrologue = false;

  constructor(
    draft: Draft,
    stored: ReadonlySet<GraphNode>,
    scalars: ReadonlyMap<GraphNode, number>,
  ) {
    this.#draft = draft;
    this.#stored = stored;
    this.#scalars = scalars;
    this.#identity = flatten(ownIndices(draft.shape), draft.shape);
  }

  build(): BuiltDraft {
    const draft = this.#draft;
    this.#inPrologue = true;
    const prologues = this.#prologues();
    this.#inPrologue = false;
    const values =
      draft.kind === 'scatterAdd' ? [] : draft.stores.map(({ node }) => this.#ownValue(node));
    return {
      draft,
      values,
      prologues,
      loads: this.#loads,
      operations: this.#operations,
      primitives: [...this.#primitives],
    };
  }

  #prologues(): DraftExpression[] {
    const draft = this.#draft;
    switch (draft.kind) {
      case 'map':
        return [];
      case 'reduce':
        return draft.hosts.map((host) => this.#reductionPrologue(host));
      case 'matMul':
      case 'conv2d':
      case 'pool2d':
      case 'unpool2d':
        return this.#operandPrologue(draft.hosts);
      case 'scatterAdd':
        return this.#scatterPrologue(draft.hosts[0]!);
    }
  }

  #reductionPrologue(host: GraphNode): DraftExpression {
    this.#primitives.add(host.primitive);
    const [input] = resolvedInputs(host);
    const { axes } = host.attributes as { axes: readonly number[] };
    const outer = ownIndices(host.shape);
    const inner = ownIndices(reducedShape(host), host.shape.length);
    let [nextOuter, nextInner] = [0, 0];
    const indices = input!.shape.map((_, axis) =>
      axes.includes(axis) ? inner[nextInner++]! : outer[nextOuter++]!,
    );
    return this.#value(input!, indices, undefined);
  }

  /** No expressions, but the operands' memory is read. */
  #operandPrologue(hosts: readonly GraphNode[]): DraftExpression[] {
    for (const host of hosts) {
      this.#primitives.add(host.primitive);
      for (const operand of resolvedInputs(host)) {
        this.#loads.set(operandMemory(host, operand), { identity: false });
      }
    }
    return [];
  }

  #scatterPrologue(host: GraphNode): DraftExpression[] {
    this.#primitives.add(host.primitive);
    const [indices, updates] = resolvedInputs(host) as [GraphNode, GraphNode];
    const { axis } = host.attributes as { axis: number };
    const point = ownIndices(updates.shape);
    const named = point.slice(axis, axis + indices.shape.length);
    const index = this.#value(indices, named, undefined);
    const extent = host.shape[axis]!;
    const target = [
      ...point.slice(0, axis),
      dynamicIndex(index, extent),
      ...point.slice(axis + indices.shape.length),
    ];
    const position = this.#table.linear(flatten(target, host.shape));
    const inside = this.#inside(index, extent);
    // Out of range must not alias another slice: such updates go nowhere.
    const safe = this.#table.operation('where', 'int32', [
      inside,
      position,
      this.#table.constant(-1, 'int32'),
    ]);
    return [safe, this.#value(updates, point, undefined)];
  }

  #ownValue(node: GraphNode): DraftExpression {
    const shape = node.shape;
    return this.#value(node, unflatten(this.#identity, shape), undefined);
  }

  #value(
    node: GraphNode,
    indices: readonly Linear[],
    mask: DraftExpression | undefined,
  ): DraftExpression {
    const key = `${node.id} ${mask?.id ?? ''} ${indices.map((index) => index.key).join(' ')}`;
    let value = this.#memo.get(key);
    if (value === undefined) {
      value = this.#compute(node, indices, mask);
      this.#memo.set(key, value);
    }
    return value;
  }

  #compute(
    node: GraphNode,
    indices: readonly Linear[],
    mask: DraftExpression | undefined,
  ): DraftExpression {
    // Never evaluated, and not in memory.
    if (node.size === 0) return this.#table.constant(0, node.dtype);
    const kind = kindOf(node);
    if (kind === 'buffer') return this.#load(node, indices, mask);
    const scalar = this.#scalars.get(node);
    if (scalar !== undefined) return this.#table.scalar(scalar, node.dtype);
    const here = !this.#inPrologue && flatten(indices, node.shape).key === this.#identity.key;
    const host = this.#draft.hosts.indexOf(node);
    if (host >= 0 && here) return this.#table.reduced(host, node.dtype);
    const local = here && this.#draft.members.has(node);
    if (this.#stored.has(node) && !local) return this.#load(node, indices, mask);
    if (combinesNothing(node)) return this.#nothingCombined(node);
    if (kind === 'elementwise') return this.#operation(node, indices, mask);
    return kind === 'inline' ? this.#iota(node, indices) : this.#move(node, indices, mask);
  }

  #nothingCombined(node: GraphNode): DraftExpression {
    this.#primitives.add(node.primitive);
    return this.#table.constant(node.primitive === 'maxPool2d' ? -Infinity : 0, node.dtype);
  }

  #load(
    node: GraphNode,
    indices: readonly Linear[],
    mask: DraftExpression | undefined,
  ): DraftExpression {
    const index = flatten(indices, node.shape);
    const identity =
      !this.#inPrologue &&
      index.key === this.#identity.key &&
      (this.#loads.get(node)?.identity ?? true);
    this.#loads.set(node, { identity });
    return this.#table.load(node, index, mask);
  }

  #operation(
    node: GraphNode,
    indices: readonly Linear[],
    mask: DraftExpression | undefined,
  ): DraftExpression {
    const inputs = resolvedInputs(node).map((input) => this.#value(input, indices, mask));
    this.#primitives.add(node.primitive);
    this.#operations++;
    const word = isPrimitive(node, 'threefry') ? node.attributes.word : undefined;
    return this.#table.operation(node.primitive as ScalarOperation, node.dtype, inputs, word);
  }

  #iota(node: GraphNode, indices: readonly Linear[]): DraftExpression {
    const { axis } = (node as GraphNode<'iota'>).attributes;
    this.#primitives.add('iota');
    const position = this.#table.linear(indices[axis]!);
    return node.dtype === 'int32'
      ? position
      : this.#table.operation('cast', node.dtype, [position]);
  }

  #move(
    node: GraphNode,
    indices: readonly Linear[],
    mask: DraftExpression | undefined,
  ): DraftExpression {
    this.#operations++;
    if (isPrimitive(node, 'pad')) return this.#pad(node, indices, mask);
    if (isPrimitive(node, 'concat')) return this.#concat(node, indices, mask);
    if (isPrimitive(node, 'gather')) return this.#gather(node, indices, mask);
    const source = sourceIndices(node, indices);
    return this.#value(resolvedInputs(node)[0]!, source!, mask);
  }

  #pad(
    node: GraphNode<'pad'>,
    indices: readonly Linear[],
    mask: DraftExpression | undefined,
  ): DraftExpression {
    this.#primitives.add(node.primitive);
    const input = resolve(node.inputs[0]!);
    const { before, value } = node.attributes;
    const outside = this.#table.constant(value, node.dtype);
    if (input.size === 0) return outside;
    const source = indices.map((index, axis) => add(index, constantIndex(-before[axis]!)));
    let inside: DraftExpression | undefined;
    source.forEach((index, axis) => {
      inside = this.#table.both(inside, this.#within(index, input.shape[axis]!));
    });
    const inner = this.#value(input, source, this.#table.both(mask, inside));
    if (inside === undefined) return inner;
    return this.#table.operation('where', node.dtype, [inside, inner, outside]);
  }

  /** 0 ≤ index < extent, as far as the index's range leaves it open. */
  #within(index: Linear, extent: number): DraftExpression | undefined {
    const position = this.#table.linear(index);
    const integer = (value: number): DraftExpression => this.#table.constant(value, 'int32');
    const low =
      index.least >= 0
        ? undefined
        : this.#table.operation('lessEqual', 'bool', [integer(0), position]);
    const high =
      index.greatest < extent
        ? undefined
        : this.#table.operation('less', 'bool', [position, integer(extent)]);
    return this.#table.both(low, high);
  }

  #concat(
    node: GraphNode<'concat'>,
    indices: readonly Linear[],
    mask: DraftExpression | undefined,
  ): DraftExpression {
    this.#primitives.add(node.primitive);
    const { axis } = node.attributes;
    const along = indices[axis]!;
    const parts = resolvedInputs(node).filter((input) => input.size > 0);
    let start = parts.reduce((total, input) => total + input.shape[axis]!, 0);
    let result: DraftExpression | undefined;
    for (const input of [...parts].reverse()) {
      start -= input.shape[axis]!;
      const shifted = add(along, constantIndex(-start));
      const inside = this.#within(shifted, input.shape[axis]!);
      const source = indices.map((index, other) => (other === axis ? shifted : index));
      const value = this.#value(input, source, this.#table.both(mask, inside));
      result =
        result === undefined || inside === undefined
          ? value
          : this.#table.operation('where', node.dtype, [inside, value, result]);
    }
    return result ?? this.#table.constant(0, node.dtype);
  }

  #gather(
    node: GraphNode<'gather'>,
    indices: readonly Linear[],
    mask: DraftExpression | undefined,
  ): DraftExpression {
    this.#primitives.add(node.primitive);
    const [input, places] = resolvedInputs(node) as [GraphNode, GraphNode];
    const { axis } = node.attributes;
    const end = axis + places.shape.length;
    const missing = this.#table.constant(isFloating(node.dtype) ? NaN : 0, node.dtype);
    if (input.size === 0) return missing;
    const place = this.#value(places, indices.slice(axis, end), mask);
    const inside = this.#inside(place, input.shape[axis]!);
    const chosen = dynamicIndex(place, input.shape[axis]!);
    const source = [...indices.slice(0, axis), chosen, ...indices.slice(end)];
    const value = this.#value(input, source, this.#table.both(mask, inside));
    return this.#table.operation('where', node.dtype, [inside, value, missing]);
  }

  #inside(place: DraftExpression, extent: number): DraftExpression {
    const integer = (value: number): DraftExpression => this.#table.constant(value, 'int32');
    return this.#table.operation('and', 'bool', [
      this.#table.operation('lessEqual', 'bool', [integer(0), place]),
      this.#table.operation('less', 'bool', [place, integer(extent)]),
    ]);
  }
}
