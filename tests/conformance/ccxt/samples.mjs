// The answers that stand in the comments of CCXT's sources, read from the installed package.
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';

/** The methods of one source file by name, each as its lines. */
function methodsOf (folder, id) {
    const file = path.join (folder, 'js', 'src', `${id}.js`);
    const methods = new Map ();
    let name, lines = [];
    for (const line of fs.existsSync (file) ? fs.readFileSync (file, 'utf8').split ('\n') : []) {
        const head = /^ {4}(?:async )?(\w+)\(.*\) \{$/.exec (line);
        if (head)
            [name, lines] = [head[1], []];
        else if (line === '    }' && name)
            methods.set (name, lines);
        else
            lines.push (line);
    }
    return methods;
}

// What people leave out of an example: "...", a comma between two rows.
function repaired (text) {
    return text.replace (/\.\.\.[^"'\n]*/g, '').replace (/([}\]])(\s*\n\s*)([{[])/g, '$1,$2$3').replace (/,(\s*,)+/g, ',')
        .replace (/\b(?:None|undefined)\b/g, 'null').replace (/\bTrue\b/g, 'true').replace (/\bFalse\b/g, 'false').replace (/([[{])\s*,/g, '$1');
}

function valueOf (text) {
    for (const attempt of [text, repaired (text)]) {
        try {
            // Through JSON, so that nothing of another realm is left.
            return JSON.parse (JSON.stringify (vm.runInNewContext (`(${attempt})`, Object.create (null), { timeout: 1000 })));
        } catch {
            // The next form, or no sample.
        }
    }
    return undefined;
}

/** The first balanced {...} or [...] of a comment, as a value; nothing where there is none that can be read. */
function sampleIn (text) {
    const begin = text.search (/[{[]/);
    if (begin < 0)
        return undefined;
    let depth = 0, quote = null;
    for (let i = begin; i < text.length; ++i) {
        const c = text[i];
        if (quote) {
            if (c === quote && text[i - 1] !== '\\')
                quote = null;
        } else if (c === '"' || (c === "'" && /[\s:,[{]/.test (text[i - 1]))) {
            quote = c;
        } else if (c === '{' || c === '[') {
            depth += 1;
        } else if (c === '}' || c === ']') {
            depth -= 1;
            if (depth === 0)
                return valueOf (text.slice (begin, i + 1)) ?? sampleIn (text.slice (begin + 1));
        }
    }
    return sampleIn (text.slice (begin + 1));
}

/** Of each endpoint that is called before a comment with a sample: that sample. */
export function samplesOf (folder, id, isEndpoint) {
    const samples = new Map ();
    for (const lines of methodsOf (folder, id).values ()) {
        let calls = [], block = [], isAnswered = true;
        for (const line of [...lines, '']) {
            const comment = /^\s*\/\/ ?(.*)$/.exec (line);
            if (comment) {
                block.push (comment[1].replace (/\s\/\/ .*$/, ''));
                continue;
            }
            const wanted = calls.filter (endpoint => !samples.has (endpoint));
            const sample = block.length > 0 && wanted.length > 0 ? sampleIn (block.join ('\n')) : undefined;
            if (sample !== undefined) {
                wanted.forEach (endpoint => samples.set (endpoint, sample));
                isAnswered = true;
            }
            block = [];
            const called = [...line.matchAll (/this\.(\w+)\(/g)].map (match => match[1]).filter (isEndpoint);
            if (called.length > 0) {
                calls = isAnswered ? called : [...calls, ...called];
                isAnswered = false;
            }
        }
    }
    return samples;
}
