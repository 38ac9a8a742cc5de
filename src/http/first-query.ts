/** What a new visitor of the explorer finds: the question of the README. */
export const firstQuery = `# How does the circuit respond to a stimulus, and how sure is that?
{
  response(input: { parameters: { lgnRateE: 240, lgnRateI: 240 } }) {
    status
    cached
    reason
    outputs {
      name
      value
      unit
      standardError
      interval {
        lower
        upper
      }
    }
    id
  }
}
`;
