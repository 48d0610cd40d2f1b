// A connection drawn with the keyboard: begun at one node (command "connect"), ended at the node that is selected then.
import { connect } from '../store/edit-commands'
import { useEditorStore } from '../store/editor.store'
import { useEditing } from './use-editing'

export function useConnecting() {
  const editor = useEditorStore()
  const { edit } = useEditing()

  /** True when a connection was being drawn, whether or not the document took it. */
  function finish(): boolean {
    const from = editor.connectFrom
    const to = editor.active?.primary
    if (from === null || to === undefined) return false
    editor.connectFrom = null
    edit((design) => connect(design, from, to))
    return true
  }
  function cancel(): boolean {
    if (editor.connectFrom === null) return false
    editor.connectFrom = null
    return true
  }
  return { finish, cancel }
}
