import { parseKeepingDigits } from './raw-json.ts';

/** JSON as it was written, to stand in other JSON as it is: whoever writes that in pieces reads nothing of it. */
export class JsonText {
  readonly text: string;

  /** @param text one value */
  constructor(text: string) {
    this.text = text;
  }

  /** The same for JSON.stringify, numbers with every digit. Cost: the text is parsed. */
  toJSON(): unknown {
    return parseKeepingDigits(this.text);
  }
}
