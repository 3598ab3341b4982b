import { i32, type FunctionBody, type Variable } from '../assembler/index.js';

/** Runs what `build` writes for the height, trying the tallest first since most tiles are that. */
export function switchHeight(
  body: FunctionBody,
  height: Variable<'i32'>,
  tallest: number,
  build: (rows: number) => void,
): void {
  if (tallest === 1) build(1);
  else {
    const lower = (): void => switchHeight(body, height, tallest - 1, build);
    body.if(i32.eq(height, tallest), () => build(tallest), lower);
  }
}
