// Proposer: the GPT in use and its suggestions.
export const proposer = {
  proposer: {
    card: 'Model card',
    none: 'No proposer checkpoint is installed. Searches with the strategies “Genetic, no GPT” and “Random” still work.',
    failed: 'The proposer could not be read',
    preset: 'Preset',
    parameters: 'Parameters',
    vocabulary: 'Tokens',
    suggestions: 'Suggestions',
    suggestHint:
      'Choose a network of the selected run and a place in it. The proposer reads the blocks before that place.',
    network: 'Network',
    place: 'Place in the chain',
    present: 'there now',
    needsTrial: 'Suggestions start from a network of a run. Start or choose a search first.',
    suggestFailed: 'No suggestion could be made',
    metrics: {
      perplexity: 'Perplexity, chains',
      cellPerplexity: 'Perplexity, cells',
      bitsPerCell: 'Bits per cell',
      classifierAccuracy: 'Block classifier accuracy, chains',
      classifierAccuracyZoo: 'Block classifier accuracy, zoo',
      accuracy: 'Token accuracy',
      validationLoss: 'Validation loss (nats)',
    },
  },
}
