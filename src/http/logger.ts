import { pino } from 'pino';

/** Where headers would lie if anything ever logged them; wildcards would be searched for in each line. */
const secretPaths = ['', 'headers.', 'req.headers.'].flatMap((parent) => [`${parent}authorization`, `${parent}cookie`]);

/** Characters of lines that wait to be written, and then are dropped. */
const mostWaiting = 1_000_000;

/** Standard output, of which a full disk takes lines away, and nothing else. */
function standardOutput(): pino.DestinationStream {
  const output = pino.destination({ dest: 1, sync: true, maxLength: mostWaiting });
  output.on('error', () => undefined);
  return output;
}

/**
 * The server's log: one JSON object a line, with ISO time, and without secrets.
 *
 * @param level the least severe level that is written
 * @param destination where lines go; standard output when omitted
 */
export function createLogger(level: string, destination?: pino.DestinationStream): pino.Logger {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secretPaths, censor: '[secret]' },
  };
  return pino(options, destination ?? standardOutput());
}
