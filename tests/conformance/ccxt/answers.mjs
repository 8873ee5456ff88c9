// Answers in a venue's shape. venues.json has for every venue and market its symbols (unified, the venue's, and what else
// CCXT's market has), `market` where it is not the key, `params` that CCXT demands, `moreTimeframes` that CCXT serves
// without listing them, `noUntil` where it has no end of its own; and for candles and open interest one row, the body
// around it and `newestFirst`; for openInterestNow the whole body. Cells that begin with @ are filled in:
//   @time:FORM[:text][:MS]  begin of the bar (plus MS milliseconds), FORM s ms us ns or a pattern such as YYYY-MM-DDThh:mm:ssZ
//   @end:...                its end     @open @high @low @close @volume @amount @value [:eN] [:text]  (eN: an integer, scaled)
//   @other[:text]           any number  @id @symbol @pair @baseName @id2 ...  the market's fields, @id:number
//   @word @seconds @minutes @unit @count  the timeframe, as CCXT's table writes it or in parts
//   @rows, @column:NAME     where the rows go

const UNIT = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const MONDAY = 4 * UNIT.d;
export const stepOf = timeframe => parseInt (timeframe, 10) * UNIT[timeframe.at (-1)];

export function floorTo (timeframe, ms) {
    const origin = timeframe.endsWith ('w') ? MONDAY : 0;
    return origin + Math.floor ((ms - origin) / stepOf (timeframe)) * stepOf (timeframe);
}

// Plain digits for what a venue writes as text: JavaScript itself would write 1e-7.
function decimals (number) {
    const text = String (number);
    return text.includes ('e-') ? number.toFixed (20).replace (/0+$/, '') : text;
}

function scaled (number, exponent) {
    const [whole, part = ''] = decimals (number).split ('.');
    return (whole + part.slice (0, exponent).padEnd (exponent, '0')).replace (/^0+(?=\d)/, '');
}

function timeText (ms, form) {
    const iso = new Date (ms).toISOString ();
    const fraction = (_, zeros) => `.${iso.slice (20, 23).padEnd (zeros.length, '0').slice (0, zeros.length)}`;
    return form.replace ('YYYY-MM-DD', iso.slice (0, 10)).replace ('hh:mm:ss', iso.slice (11, 19)).replace (/\.(0+)/, fraction);
}

function timeCell (ms, form) {
    const factor = { s: 1 / 1000, ms: 1, us: 1000, ns: 1_000_000 }[form];
    if (factor === undefined)
        return { text: timeText (ms, form) };
    const digits = form === 'ns' ? `${ms}000000` : String (Math.floor (ms * factor));
    return { text: digits, number: Number (digits) };
}

function fill (cell, row, context) {
    if (typeof cell !== 'string')
        return cell && typeof cell === 'object' ? fillAll (cell, row, context) : cell;
    if (!cell.startsWith ('@'))
        return cell.replace ('@id', context.market.id);
    const asText = /:text\b/.test (cell);
    const [, name, rest = ''] = /^@(\w+)(?::(.*))?$/.exec (cell.replace (':text', ''));
    if (name === 'time' || name === 'end') {
        const [, form, shift = '0'] = /^(.*?)(?::(-?\d+))?$/.exec (rest);
        const made = timeCell ((name === 'time' ? row.time : row.end) + Number (shift), form);
        return made.number === undefined || asText ? made.text : made.number;
    }
    const wordOf = { word: context.word, seconds: stepOf (context.timeframe) / 1000, minutes: stepOf (context.timeframe) / 60_000,
        unit: { m: 'MINUTES', h: 'HOURS', d: 'DAYS', w: 'WEEKS' }[context.timeframe.at (-1)], count: parseInt (context.timeframe, 10),
        pair: `${context.market.base}/${context.market.quote}`.toLowerCase () };
    if (name in wordOf)
        return asText ? String (wordOf[name]) : wordOf[name];
    if (name in row) {
        const exponent = /^e(\d+)$/.exec (rest)?.[1];
        const text = exponent === undefined ? decimals (row[name]) : scaled (row[name], Number (exponent));
        return asText !== (context.isFlipped && exponent === undefined) ? text : Number (text);
    }
    const field = context.market[name];
    return rest === 'number' ? Number (field) : String (field);
}

function fillAll (shape, row, context) {
    if (Array.isArray (shape))
        return shape.map (cell => fill (cell, row, context));
    return Object.fromEntries (Object.entries (shape).map (([key, cell]) => [key.startsWith ('@') ? fill (key, row, context) : key, fill (cell, row, context)]));
}

/** The body for these rows. `context`: market, timeframe, word, isFlipped (numbers as text and text as numbers), isReversed. */
export function makeAnswer (shape, rows, context) {
    const made = rows.map (row => fillAll (shape.row, row, context));
    if ((shape.newestFirst ?? false) !== (context.isReversed ?? false))
        made.reverse ();
    const place = node => {
        if (node === '@rows')
            return made;
        if (typeof node === 'string' && node.startsWith ('@column:'))
            return made.map (row => row[node.slice (8)]);
        if (Array.isArray (node))
            return node.map (place);
        if (node && typeof node === 'object')
            return Object.fromEntries (Object.entries (node).map (([key, value]) => [key.startsWith ('@') ? fill (key, {}, context) : key, place (value)]));
        return fill (node, {}, context);
    };
    return place (shape.body);
}

/** The same rows whenever asked for. Prices are those of something that costs about `price`. */
export function makeRows (times, step, price, amount) {
    let seed = 12345;
    const random = () => {
        seed = (Math.imul (seed, 1_103_515_245) + 12_345) & 0x7fffffff;
        return seed / 0x7fffffff;
    };
    const round = number => Number (number.toPrecision (7));
    let last = price;
    return times.map ((time, i) => {
        const open = round (last), close = round (last * (0.995 + 0.01 * random ()));
        last = close;
        const volume = i % 3 === 2 ? 0 : round (amount * random ());
        return { time, end: time + step, open, close, high: round (Math.max (open, close) * 1.001), low: round (Math.min (open, close) * 0.999),
            volume, other: 100 + i, amount: round (amount * (1 + random ())), value: round (amount * price * (1 + random ())) };
    });
}
