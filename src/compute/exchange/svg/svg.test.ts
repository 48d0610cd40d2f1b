import { describe, expect, it } from 'vitest'
import { documentText } from '@shared/architecture/document'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { designFromText } from '@shared/exchange/design-from-text'
import { writeSvg } from './write'

const picture = async (document: unknown, theme = 'light'): Promise<string> => {
  const { files } = await writeSvg({
    graph: { input: [1], nodes: [], output: '' },
    document,
    weights: null,
    options: { theme },
  })
  return files[0]!.content.toString('utf8')
}

describe('the picture of an architecture', () => {
  const document = zooDocument('resnet18', { input: [32, 32, 3], classes: 10 })

  it('is the same for the same document, and another in the other theme', async () => {
    expect(await picture(document)).toBe(await picture(document))
    expect(await picture(document, 'dark')).not.toBe(await picture(document))
  })

  it('shows every node once, with what each gives', async () => {
    const svg = await picture(document)
    const nodes = Object.values(document.records).filter(({ type }) => type === 'block' || type === 'layer')
    expect(svg.match(/class="title"/g)).toHaveLength(nodes.length + 2)
    expect(svg).toContain('>32x32x3<')
    expect(svg).toMatch(/11\.2 M parameters/)
    expect(svg).not.toMatch(/undefined|NaN|Infinity/)
  })

  it('holds the document: whoever finds the picture can open it again', async () => {
    const named = {
      ...document,
      records: { ...document.records, meta: { ...document.records['meta']!, name: 'A "<&>]]>" größe' } },
    }
    const svg = await picture(named)
    expect(documentText(designFromText(svg))).toBe(documentText(named as typeof document))
    expect(svg).toContain('A &quot;&lt;&amp;&gt;]]&gt;&quot; größe')
  })
})
