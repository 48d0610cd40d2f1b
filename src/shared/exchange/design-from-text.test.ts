import { describe, expect, it } from 'vitest'
import { documentText } from '../architecture/document'
import { zooDocument } from '../architecture/document/zoo-document'
import { designFromText } from './design-from-text'

const document = zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })
const metadata = { format: 'tfjs', trial: 3, architecture: document, files: [] }

describe('a design from a file', () => {
  it.each([
    ['an architecture file', documentText(document)],
    ['metadata of an export', JSON.stringify(metadata)],
    ['a tfjs model of ours', JSON.stringify({ format: 'layers-model', userDefinedMetadata: metadata })],
  ])('is read from %s', (_, text) => expect(designFromText(text)).toEqual(document))

  it.each([
    ['no JSON', 'hello', /line 1/],
    ['another program’s model', '{ "format": "layers-model", "modelTopology": {} }', /format/],
    ['an export with a damaged design', JSON.stringify({ ...metadata, architecture: {} }), /format/],
  ])('is refused from %s, with the place', (_, text, place) => expect(() => designFromText(text)).toThrow(place))
})
