// How lines, selection and hit areas look to Cytoscape, in the colours of the theme. Cards are HTML and styled there.
import type { StylesheetJson } from 'cytoscape'

export interface CanvasColours {
  readonly line: string
  readonly faulty: string
  readonly accent: string
}

/** Reads the theme's tokens where `element` stands. */
export function coloursAt(element: Element): CanvasColours {
  const style = getComputedStyle(element)
  const token = (name: string, fallback: string): string => style.getPropertyValue(name).trim() || fallback
  return {
    line: token('--border-control', '#868e9b'),
    faulty: token('--failed', '#b8261f'),
    accent: token('--accent', '#4a4bc4'),
  }
}

export function canvasStyle({ line, faulty, accent }: CanvasColours): StylesheetJson {
  return [
    {
      selector: 'core',
      style: {
        'active-bg-opacity': 0,
        'selection-box-color': accent,
        'selection-box-opacity': 0.12,
        'selection-box-border-color': accent,
        'selection-box-border-width': 1,
        'outside-texture-bg-color': accent,
        'outside-texture-bg-opacity': 0,
        'active-bg-color': accent,
        'active-bg-size': 0,
      },
    },
    {
      selector: 'node',
      style: {
        shape: 'round-rectangle',
        width: 'data(width)',
        height: 'data(height)',
        // Invisible but there: it is what the pointer meets.
        'background-opacity': 0,
        'border-width': 0,
        'overlay-opacity': 0,
      },
    },
    {
      selector: 'edge',
      style: {
        width: 1.5,
        'line-color': line,
        'target-arrow-color': line,
        'target-arrow-shape': 'triangle',
        'arrow-scale': 0.8,
        'curve-style': 'round-taxi',
        'taxi-direction': 'downward',
        'taxi-turn': '50%',
        'taxi-turn-min-distance': 4,
        'taxi-radius': 8,
        'source-endpoint': '0% 50%',
        'target-endpoint': '0% -50%',
        'overlay-padding': 5,
        'overlay-opacity': 0,
      },
    },
    {
      selector: 'edge.bent',
      style: {
        'curve-style': 'round-segments',
        'segment-weights': 'data(weights)',
        'segment-distances': 'data(distances)',
        'segment-radii': [8],
        'edge-distances': 'node-position',
      },
    },
    { selector: 'edge.faulty', style: { 'line-color': faulty, 'target-arrow-color': faulty } },
    { selector: 'edge:selected', style: { width: 3, 'line-color': accent, 'target-arrow-color': accent } },
  ] as StylesheetJson
}
