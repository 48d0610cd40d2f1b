// The variables of a session and the order of what happens to one of them within a run: every read of a value comes before
// the change that replaces it. Graph nodes run in any order that their inputs allow, so the order is written as control inputs.
import { DataType } from '../binding'
import type { GraphBuilder, Reference } from './graph'
import { shapeProto } from './protobuf'

export interface SessionVariable {
  readonly name: string
  readonly index: number
  readonly dtype: number
  readonly shape: readonly number[]
  /** Node names. */
  readonly handle: string
  readonly read: string
  readonly placeholder: string
  readonly written: string
  readonly assign: string
}

/** Declares a variable with nodes to read it out and to write it from a placeholder. */
export function declareVariable(
  graph: GraphBuilder,
  program: string,
  variable: Pick<SessionVariable, 'name' | 'index' | 'dtype' | 'shape'>,
): SessionVariable {
  const { index, dtype, shape } = variable
  const handle = graph.add(`variable/${index}`, 'VarHandleOp', [], {
    dtype: { type: dtype },
    shape: { shape: shapeProto(shape) },
    shared_name: { s: Buffer.from(`${program}/${index}`) },
  })
  const type = { dtype: { type: dtype } }
  const value = graph.add(`variable/${index}/value`, 'ReadVariableOp', [handle], type)
  // The binding cannot hand out uint8: read as int32.
  const read =
    dtype === DataType.uint8
      ? graph.add(`variable/${index}/read`, 'Cast', [value], { SrcT: { type: dtype }, DstT: { type: DataType.int32 } })
      : value
  const placeholder = graph.add(`variable/${index}/new`, 'Placeholder', [], {
    ...type,
    shape: { shape: shapeProto(shape) },
  })
  // A fed tensor shares JavaScript's memory; the variable needs memory of its own.
  const copy = graph.add(`variable/${index}/copy`, 'DeepCopy', [placeholder], { T: { type: dtype } })
  const assign = graph.add(`variable/${index}/assign`, 'AssignVariableOp', [handle, copy], type)
  const done = graph.constant(DataType.int32, [], Int32Array.of(1))
  const written = graph.add(`variable/${index}/written`, 'Identity', [done.name, `^${assign}`], {
    T: { type: DataType.int32 },
  })
  return { ...variable, handle, read, placeholder, written, assign }
}

/** A node to fetch that writes every variable from its placeholder. */
export function allWritten(graph: GraphBuilder, variables: readonly SessionVariable[]): string {
  const done = graph.constant(DataType.int32, [], Int32Array.of(1))
  const control = variables.map(({ assign }) => `^${assign}`)
  return graph.add('variables/written', 'Identity', [done.name, ...control], { T: { type: DataType.int32 } })
}

/** One variable within one entry: alternating values and changes, in the order the entry made them. */
export class VariableHistory {
  /** `reads[k]` reads the value after `changes[k - 1]`; null while nobody asked for it. */
  private readonly reads: (string | null)[] = [null]
  private readonly changes: string[] = []

  constructor(
    private readonly graph: GraphBuilder,
    private readonly scope: string,
    readonly variable: SessionVariable,
  ) {}

  get version(): number {
    return this.changes.length
  }

  /** The value after `version` changes. */
  read(version: number): Reference {
    const { dtype, handle, index } = this.variable
    this.reads[version] ??= this.graph.add(`${this.scope}/read/${index}_${version}`, 'ReadVariableOp', [handle], {
      dtype: { type: dtype },
    })
    return { name: this.reads[version], dtype }
  }

  /** Notes that `node` changes the variable. */
  change(node: string): void {
    this.changes.push(node)
    this.reads.push(null)
  }

  /** Writes the order down and names the last change, which a fetch has to wait for. */
  finish(): string | null {
    this.changes.forEach((change, k) => {
      const before = [this.reads[k] ?? null, this.changes[k - 1] ?? null].filter((node) => node !== null)
      this.graph.addControl(change, before)
      const after = this.reads[k + 1] ?? null
      if (after !== null) this.graph.addControl(after, [change])
    })
    return this.changes[this.changes.length - 1] ?? null
  }
}
