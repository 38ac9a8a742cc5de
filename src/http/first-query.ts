/** What a new visitor of the explorer finds: what the README asks, with the status. */
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
