import { Command } from 'commander';
import { models } from 'gradus';
import { jsonReporter } from '../display/json.js';
import { plainReporter, quietReporter } from '../display/plain.js';
import type { Reporter } from '../display/reporter.js';
import { terminalReporter } from '../display/terminal.js';
import { UsageError } from '../errors.js';
import type { TrainingRequest } from '../training/protocol.js';
import { superviseTraining } from '../training/supervise.js';
import { integer, oneOf, path, positiveNumber } from '../values.js';
import { deviceOption, option, threadsOption } from './options.js';

interface TrainOptions extends Partial<Omit<TrainingRequest, 'model' | 'device' | 'seed'>> {
  readonly dataDir?: string;
  readonly device: string;
  readonly seed: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const modelNames = Object.keys(models);

/** `gradus train <model>`; `exit` receives the exit status. */
export function trainCommand(exit: (status: number) => void): Command {
  return new Command('train')
    .summary('train a model and test it')
    .description(
      'Trains a model on MNIST and tests it on the whole test set. Without MNIST and without a network to download it, trains on digits drawn by code.',
    )
    .argument('<model>', modelNames.join(', '), oneOf('model', modelNames))
    .addOption(option('--dataset <name>', 'mnist or synthetic, and no other', parseDataset))
    .addOption(
      option(
        '--data-dir <directory>',
        'where the four files of MNIST are (or set GRADUS_DATA_DIR)',
        path('--data-dir', 'directory'),
      ),
    )
    .addOption(deviceOption())
    .addOption(threadsOption())
    .addOption(
      option('--steps <number>', 'how many batches to train on', integer('--steps', 1)).conflicts(
        'epochs',
      ),
    )
    .addOption(
      option(
        '--epochs <number>',
        'how often to go through the training set, instead of --steps',
        integer('--epochs', 1),
      ),
    )
    .addOption(option('--batch-size <number>', 'examples in a batch', integer('--batch-size', 1)))
    .addOption(
      option('--learning-rate <number>', 'of the optimiser', positiveNumber('--learning-rate')),
    )
    .addOption(
      option(
        '--seed <number>',
        'decides on everything random: the same seed, the same weights',
        integer('--seed', 0),
      ).default(0),
    )
    .option('--json', 'print JSON lines, for programs')
    .option('--quiet', 'print nothing but the result')
    .addHelpText(
      'after',
      `
What is not given is as the model's recipe has it. Ctrl-C stops and reports what is known so far.

Examples:
  gradus train mlp-relu
  gradus train softmax --steps 500 --learning-rate 0.1 --seed 7
  gradus train conv-dropout --device wasm --threads 2
  gradus train mlp-dropout --epochs 5 --data-dir ~/mnist
  gradus train mlp-relu --dataset synthetic --json | tail -n 1`,
    )
    .action(async (model: string, options: TrainOptions) => {
      const { dataDir, json = false, quiet = false, ...settings } = options;
      if (dataDir !== undefined && settings.dataset === 'synthetic') {
        throw new UsageError(
          '--data-dir and --dataset synthetic exclude each other: synthetic digits are drawn, not read. Leave one of them out.',
        );
      }
      const request: TrainingRequest = {
        model,
        dataset: settings.dataset,
        dataDirectory: dataDir,
        device: settings.device,
        threads: settings.threads,
        steps: settings.steps,
        epochs: settings.epochs,
        batchSize: settings.batchSize,
        learningRate: settings.learningRate,
        seed: settings.seed,
      };
      const reporter = chooseReporter(json, quiet);
      try {
        exit(await superviseTraining(request, reporter));
      } finally {
        reporter.close();
      }
    });
}

const parseDataset = oneOf('dataset', ['mnist', 'synthetic']);

function chooseReporter(json: boolean, quiet: boolean): Reporter {
  const { stdout, stderr, env } = process;
  const write = (text: string) => void stdout.write(text);
  if (json) return jsonReporter(write, quiet);
  if (quiet) return quietReporter(write, (text) => void stderr.write(text));
  return stdout.isTTY && env['TERM'] !== 'dumb' ? terminalReporter(stdout) : plainReporter(write);
}
