// What formats texts is dear to make, since ICU reads a language's data for each: made once, and kept.

export function once<Options, Formatter>(
  make: (locale: string, options: Options | undefined) => Formatter,
): (locale: string, options?: Options) => Formatter {
  const made = new Map<string, Formatter>();
  return (locale, options) => {
    const key = `${locale} ${JSON.stringify(options)}`;
    const formatter = made.get(key) ?? make(locale, options);
    made.set(key, formatter);
    return formatter;
  };
}

export const numbers = once((locale, options?: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options));
