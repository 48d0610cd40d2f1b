// Our part of TensorFlow's messages beside the copy of the official protos that tfjs carries (Apache-2.0), message by message.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import protobuf from 'protobufjs'
import { describe, expect, it } from 'vitest'
import type { ProtobufPart } from '@shared/protobuf'
import { SCHEMA } from './proto'

const file = join(__dirname, '../../../../node_modules/@tensorflow/tfjs-node-gpu/src/proto/api.proto')
const official = protobuf.parse(readFileSync(file, 'utf8')).root

/** Every message with the names of those around it. */
const messages = (all: Readonly<Record<string, ProtobufPart>>, around = ''): [string, ProtobufPart][] =>
  Object.entries(all).flatMap(([name, message]): [string, ProtobufPart][] => [
    [around + name, message],
    ...messages(message.nested ?? {}, `${around}${name}.`),
  ])

describe('the messages of TensorFlow', () => {
  it.each(messages(SCHEMA.nested))('%s', (name, { fields, values }) => {
    if (values !== undefined) {
      const known = official.lookupEnum(`tensorflow.${name}`).values
      expect(Object.entries(values).filter(([word, value]) => known[word] !== value)).toEqual([])
      return
    }
    const type = official.lookupType(`tensorflow.${name}`)
    for (const [field, facts] of Object.entries(fields ?? {})) {
      const { id, type: kind, rule } = { rule: undefined, ...facts }
      const theirs = type.fields[field]
      expect(theirs, `${name}.${field}`).toBeDefined()
      expect([theirs!.id, theirs!.type, theirs!.repeated]).toEqual([id, kind, rule === 'repeated'])
    }
  })
})
