// What is said of bytes that are no ONNX model.
import { AppError } from '../../errors'

/** @param what a clause without a full stop, in which names of the file are quoted */
export const damagedModel = (what: string, cause?: unknown): AppError =>
  new AppError('invalid-input', `This is no ONNX model: ${what}.`, 'Export it again from the program it comes from.', {
    cause,
  })
