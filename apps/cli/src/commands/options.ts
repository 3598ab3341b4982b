import { Option } from 'commander';
import { deviceNames } from '../devices.js';
import { integer, oneOf, type Parser } from '../values.js';

/** An option whose value is parsed. */
export function option(flags: string, description: string, parse: Parser<unknown>): Option {
  return new Option(flags, description).argParser(parse);
}

/** `--device`. */
export function deviceOption(): Option {
  const description = 'what to compute on; see "gradus devices"';
  return option('--device <name>', description, oneOf('device', deviceNames)).default('auto');
}

/** `--threads`. */
export function threadsOption(): Option {
  const description = 'how many threads compute; as many as help, if not given';
  return option('--threads <number>', description, integer('--threads', 1));
}
