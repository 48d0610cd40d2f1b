// Reads and inspects documents off the page's thread, one question after the other. What is asked for is inspector.ts's.
import { inspectDocument } from '@shared/architecture/checks'
import { parseDocument } from '@shared/architecture/document'
import { blockLibrary } from '@shared/architecture/library'
import { errorData } from '@shared/errors'
import { designFromText } from '@shared/exchange/design-from-text'
import type { Answer, Question } from './questions'

function answer(question: Question): unknown {
  switch (question.ask) {
    case 'read':
      return designFromText(question.text)
    case 'parse':
      return parseDocument(question.json)
    case 'inspect': {
      // The layers one by one are nothing that is shown, and the largest part of what would be copied.
      const { graph: _, ...inspection } = inspectDocument(question.document, blockLibrary(question.own))
      return inspection
    }
  }
}

self.addEventListener('message', ({ data }: MessageEvent<{ readonly id: number; readonly question: Question }>) => {
  let reply: Answer
  try {
    reply = { id: data.id, result: answer(data.question) }
  } catch (thrown) {
    reply = { id: data.id, error: errorData(thrown) }
  }
  self.postMessage(reply)
})
