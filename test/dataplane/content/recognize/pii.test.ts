import { describe, expect, test } from 'vitest';
import {
  buildPii,
  PII_REGIONS,
  PII_THRESHOLD,
  USUAL_ENTITIES,
  type PiiOptions,
} from '../../../../dataplane/content/detect/recognize/pii/build-pii.ts';
import { PII_ENTITIES, type PiiEntity } from '../../../../dataplane/content/detect/recognize/pii/entities.ts';
import type { Detector } from '../../../../dataplane/content/detect/recognize/recognizer.ts';
import { re2js } from '../../../../dataplane/content/regex/re2js.ts';
import { detectIn, detections, foundIn } from './found.ts';

const pii = (entities: readonly PiiEntity[], more: Partial<PiiOptions> = {}): Detector =>
  buildPii(re2js, { entities, threshold: PII_THRESHOLD, allow: [], regions: PII_REGIONS, ...more });

/** A text, and what of it is found: entity and place. */
type Case = readonly [text: string, ...found: readonly string[]];

function tried(entities: readonly PiiEntity[], cases: readonly Case[]): void {
  const detector = pii(entities);
  test.each(cases.map(([text, ...found]) => [text, found] as const))('%j', (text, found) => {
    expect(foundIn(detector, text)).toEqual(found);
  });
}

describe('payment cards', () => {
  tried(
    ['CREDIT_CARD'],
    [
      ['card 4111 1111 1111 1111 ok', 'CREDIT_CARD 4111 1111 1111 1111'],
      ['4111111111111111', 'CREDIT_CARD 4111111111111111'],
      ['4111-1111-1111-1111.', 'CREDIT_CARD 4111-1111-1111-1111'],
      ['amex 3782 822463 10005', 'CREDIT_CARD 3782 822463 10005'],
      ['pan=5555555555554444;x', 'CREDIT_CARD 5555555555554444'],
      ['4111\u00a01111\u00a01111\u00a01111', 'CREDIT_CARD 4111\u00a01111\u00a01111\u00a01111'],
      ['{"card":"4111111111111111"}', 'CREDIT_CARD 4111111111111111'],
      ['line\\n4111111111111111\\nline', 'CREDIT_CARD 4111111111111111'],
      ['4111 1111 1111 1111 04/29', 'CREDIT_CARD 4111 1111 1111 1111'],
      ['4111111111111112'],
      ['9111111111111111 is of no network'],
      ['id-4111111111111111'],
      ['x4111111111111111'],
      ['4111111111111111.25'],
      ['0.4111111111111111'],
      ['0000000000000000'],
      ['1234 4111 1111 1111 1111 5678'],
      ['my card: 1234 4111 1111 1111 1111 5678', 'CREDIT_CARD 4111 1111 1111 1111'],
      ['550e8400-e29b-41d4-a716-446655440000'],
    ],
  );
});

describe('account numbers', () => {
  tried(
    ['IBAN_CODE', 'CRYPTO'],
    [
      ['IBAN: DE89 3704 0044 0532 0130 00', 'IBAN_CODE DE89 3704 0044 0532 0130 00'],
      ['de89370400440532013000', 'IBAN_CODE de89370400440532013000'],
      ['GB82WEST12345698765432,', 'IBAN_CODE GB82WEST12345698765432'],
      ['GB82-WEST-1234-5698-7654-32', 'IBAN_CODE GB82-WEST-1234-5698-7654-32'],
      ['DE89 3704 0044 0532 0130 01'],
      ['XX89370400440532013000'],
      ['DE893704004405320130001'],
      ['1BoatSLRHtKNngkdXEeobR76b53LETtpyT', 'CRYPTO 1BoatSLRHtKNngkdXEeobR76b53LETtpyT'],
      ['3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', 'CRYPTO 3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy'],
      ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq', 'CRYPTO bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq'],
      [
        'bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr',
        'CRYPTO bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr',
      ],
      ['1BoatSLRHtKNngkdXEeobR76b53LETtpyU'],
      ['bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdx'],
      ['1111111111111111111111111111111111'],
    ],
  );
});

describe('social security and taxpayer numbers', () => {
  tried(
    ['US_SSN', 'US_ITIN'],
    [
      ['my ssn is 536-90-4399', 'US_SSN 536-90-4399'],
      ['536-90-4399', 'US_SSN 536-90-4399'],
      ['536\u201190\u20114399', 'US_SSN 536\u201190\u20114399'],
      ['536 - 90 - 4399', 'US_SSN 536 - 90 - 4399'],
      ['536 90 4399', 'US_SSN 536 90 4399'],
      ['SSN 536904399', 'US_SSN 536904399'],
      ['"socialSecurity":"536904399"', 'US_SSN 536904399'],
      ['ITIN 912-70-1234', 'US_ITIN 912-70-1234'],
      ['536904399 parcels'],
      ['case 536904399'],
      ['000-90-4399'],
      ['666-90-4399'],
      ['536-00-4399'],
      ['536-90-0000'],
      ['078-05-1120'],
      ['536-90-43991'],
      ['1536-90-4399'],
      ['A-536-90-4399'],
      ['536-90 4399'],
      ['order 536 90 4399'],
    ],
  );
});

describe('email addresses', () => {
  tried(
    ['EMAIL_ADDRESS'],
    [
      ['write to ana.maria+x@mail.acme.co.uk.', 'EMAIL_ADDRESS ana.maria+x@mail.acme.co.uk'],
      ['<ana@acme.dev>', 'EMAIL_ADDRESS ana@acme.dev'],
      ["'ana@acme.dev'", 'EMAIL_ADDRESS ana@acme.dev'],
      ['user=ana@acme.dev&x', 'EMAIL_ADDRESS ana@acme.dev'],
      ['ana@acme.dev,pat@acme.dev', 'EMAIL_ADDRESS ana@acme.dev', 'EMAIL_ADDRESS pat@acme.dev'],
      ["o'brien@acme.dev", "EMAIL_ADDRESS o'brien@acme.dev"],
      ['info@bücher.de', 'EMAIL_ADDRESS info@bücher.de'],
      ['a\\nana@acme.dev\\n', 'EMAIL_ADDRESS ana@acme.dev'],
      ['ANA@ACME.DEV', 'EMAIL_ADDRESS ANA@ACME.DEV'],
      ['ana@localhost'],
      ['ana@acme.invalid'],
      ['@acme.dev'],
      ['ana@'],
      ['ana.@acme.dev'],
      ['pkg@1.2.3'],
      ['git@github.com:acme/x.git'],
      ['https://deploy:pw@git.acme.dev/x'],
    ],
  );
});

describe('URLs', () => {
  tried(
    ['URL'],
    [
      ['see https://acme.dev/a?b=c#d.', 'URL https://acme.dev/a?b=c#d'],
      ['(https://en.wikipedia.org/wiki/Foo_(bar))', 'URL https://en.wikipedia.org/wiki/Foo_(bar)'],
      ['[x](https://acme.dev/x)', 'URL https://acme.dev/x'],
      ['"https://acme.dev/x"', 'URL https://acme.dev/x'],
      ['http://localhost:3000/x', 'URL http://localhost:3000/x'],
      ['http://[2001:db8::1]:8080/x', 'URL http://[2001:db8::1]:8080/x'],
      ['https://u@acme.dev/x', 'URL https://u@acme.dev/x'],
      ['HTTPS://ACME.DEV/X', 'URL HTTPS://ACME.DEV/X'],
      ['www.acme.museum', 'URL www.acme.museum'],
      ['on acme.co.uk today', 'URL acme.co.uk'],
      ['on github.com, or', 'URL github.com'],
      ['github.com/acme/x', 'URL github.com/acme/x'],
      ['git+https://acme.dev/x', 'URL https://acme.dev/x'],
      ['README.md and main.py'],
      ['user.name = this.id'],
      ['e.g. a.m. U.S.'],
      ['foo.com()'],
      ['ana@acme.com'],
      ['1.2.3.4'],
      ['Foo.com.is'],
      ['://acme.dev'],
      ['gopher://acme'],
    ],
  );
});

describe('addresses in networks', () => {
  tried(
    ['IP_ADDRESS', 'MAC_ADDRESS'],
    [
      ['from 10.0.0.17 port 22', 'IP_ADDRESS 10.0.0.17'],
      ['10.0.0.17:8080', 'IP_ADDRESS 10.0.0.17'],
      ['10.0.0.0/8.', 'IP_ADDRESS 10.0.0.0'],
      ['2001:db8::1', 'IP_ADDRESS 2001:db8::1'],
      ['[::1]:80', 'IP_ADDRESS ::1'],
      ['::ffff:10.0.0.17', 'IP_ADDRESS ::ffff:10.0.0.17'],
      ['fe80::1%eth0', 'IP_ADDRESS fe80::1'],
      ['1:2:3:4:5:6:7:8', 'IP_ADDRESS 1:2:3:4:5:6:7:8'],
      ['8.8.8.8', 'IP_ADDRESS 8.8.8.8'],
      ['host 1.2.3.4', 'IP_ADDRESS 1.2.3.4'],
      ['00:1B:44:11:3A:B7', 'MAC_ADDRESS 00:1B:44:11:3A:B7'],
      ['00-1b-44-11-3a-b7', 'MAC_ADDRESS 00-1b-44-11-3a-b7'],
      ['001b.4411.3ab7', 'MAC_ADDRESS 001b.4411.3ab7'],
      ['version 10.20.30.40'],
      ['v10.20.30.40'],
      ['section 4.2.6.3'],
      ['10.0.0.256'],
      ['10.0.0.1.2'],
      ['10.0.0'],
      ['12:34:56'],
      ['std::vector a::b dead::beef'],
      ['1:2:3:4:5:6:7'],
      ['::'],
      ['00:00:00:00:00:00 ff:ff:ff:ff:ff:ff'],
      ['39:49:8c:e8:2a:db:0d:14:06:c7:8c:b5:a4:a8:8c:2b'],
    ],
  );
});

describe('telephone numbers', () => {
  tried(
    ['PHONE_NUMBER'],
    [
      ['(415) 555-2671', 'PHONE_NUMBER (415) 555-2671'],
      ['call 415-555-2671.', 'PHONE_NUMBER 415-555-2671'],
      ['+1 415 555 2671', 'PHONE_NUMBER +1 415 555 2671'],
      ['+14155552671', 'PHONE_NUMBER +14155552671'],
      ['1 (415) 555-2671', 'PHONE_NUMBER 1 (415) 555-2671'],
      ['+44 (0)20 7946 0958', 'PHONE_NUMBER +44 (0)20 7946 0958'],
      ['0044 20 7946 0958', 'PHONE_NUMBER 0044 20 7946 0958'],
      ['020 7946 0958', 'PHONE_NUMBER 020 7946 0958'],
      ['01 42 68 53 00', 'PHONE_NUMBER 01 42 68 53 00'],
      ['089/12345678', 'PHONE_NUMBER 089/12345678'],
      ['phone: 4155552671', 'PHONE_NUMBER 4155552671'],
      ['"mobileNumber":"4155552671"', 'PHONE_NUMBER 4155552671'],
      ['4155552671 rows'],
      ['order 415-555-2671'],
      ['"phone":"-","orderId":"4155552671"'],
      ['07/22/1999'],
      ['Boston, MA 02110-1301'],
      ['0673 5235 0845 1234'],
      ['28 03 07 48 22 29'],
      ['415-555-26711'],
      ['-415-555-2671'],
      ['5.4155552671'],
      ['$4155552671'],
      ['192.168.1.100'],
    ],
  );

  test('are those of the regions that are asked for', () => {
    const text = '020 7946 0958';
    expect(foundIn(pii(['PHONE_NUMBER'], { regions: ['US'] }), text)).toEqual([]);
    expect(foundIn(pii(['PHONE_NUMBER'], { regions: ['GB'] }), text)).toEqual([`PHONE_NUMBER ${text}`]);
  });
});

describe('numbers that a rule names when it wants them', () => {
  tried(
    ['DATE_TIME', 'US_PASSPORT', 'US_BANK_NUMBER', 'US_DRIVER_LICENSE', 'UK_NHS', 'MEDICAL_LICENSE'],
    [
      ['born 1987-03-31', 'DATE_TIME 1987-03-31'],
      ['at 2026-11-20T10:00:00.123+01:00!', 'DATE_TIME 2026-11-20T10:00:00.123+01:00'],
      ['on 31.03.1987 and 3/31/1987', 'DATE_TIME 31.03.1987', 'DATE_TIME 3/31/1987'],
      ['March 5th, 2026 or 5 March 2026', 'DATE_TIME March 5th, 2026', 'DATE_TIME 5 March 2026'],
      ['passport 912345678', 'US_PASSPORT 912345678'],
      ['bank account 123456789012', 'US_BANK_NUMBER 123456789012'],
      ["driver's license D1234567", 'US_DRIVER_LICENSE D1234567'],
      ['nhs 943 476 5919', 'UK_NHS 943 476 5919'],
      ['nhs 9434765919', 'UK_NHS 9434765919'],
      ['DEA AB1234563', 'MEDICAL_LICENSE AB1234563'],
      ['2026-13-45 and 99/99/2026'],
      ['912345678 and 123456789012'],
      ['9434765919 items'],
      ['nhs 943 476 5918'],
      ['DEA AB1234564'],
      ['may 5 items'],
    ],
  );
});

describe('what stands around', () => {
  test('JSON members are context, the nearest first', () => {
    const detector = pii(['US_SSN', 'PHONE_NUMBER']);
    expect(foundIn(detector, '536904399', ['customer', 'ssn'])).toEqual(['US_SSN 536904399']);
    expect(foundIn(detector, '536904399', ['ssn', 'value'])).toEqual(['US_SSN 536904399']);
    expect(foundIn(detector, '536904399', ['customer', 'id'])).toEqual([]);
    expect(foundIn(detector, '4155552671', ['contact', 'phoneNumber'])).toEqual(['PHONE_NUMBER 4155552671']);
    expect(foundIn(detector, '4155552671', ['orderId'])).toEqual([]);
  });

  test('raises the score by 0.35, to 0.4 at least and 1 at most', () => {
    const scores = (text: string, entity: PiiEntity): readonly number[] =>
      detections(pii([entity], { threshold: 0 }), text).map(({ score }) => Math.round(score * 100) / 100);
    expect(scores('536904399', 'US_SSN')).toEqual([0.05]);
    expect(scores('ssn 536904399', 'US_SSN')).toEqual([0.4]);
    expect(scores('536-90-4399', 'US_SSN')).toEqual([0.5]);
    expect(scores('ssn 536-90-4399', 'US_SSN')).toEqual([0.85]);
    expect(scores('phone +14155552671', 'PHONE_NUMBER')).toEqual([1]);
    expect(scores('4111111111111111', 'CREDIT_CARD')).toEqual([1]);
  });

  test('is five words long', () => {
    const detector = pii(['US_SSN']);
    expect(foundIn(detector, 'ssn one two three four 536904399')).toHaveLength(1);
    expect(foundIn(detector, 'ssn one two three four five 536904399')).toHaveLength(0);
  });

  test('the threshold is the rule`s', () => {
    const text = 'on github.com and 536 90 4399';
    expect(foundIn(pii(['URL', 'US_SSN'], { threshold: 0.45 }), text)).toEqual(['URL github.com']);
    expect(foundIn(pii(['URL', 'US_SSN'], { threshold: 0.9 }), text)).toEqual([]);
  });

  test('what a rule allows is not found', () => {
    const allow = ['Info@Acme.dev', '10.0.0.1'];
    const detector = pii(['EMAIL_ADDRESS', 'IP_ADDRESS'], { allow });
    expect(foundIn(detector, 'info@acme.dev ana@acme.dev 10.0.0.1 10.0.0.2')).toEqual([
      'EMAIL_ADDRESS ana@acme.dev',
      'IP_ADDRESS 10.0.0.2',
    ]);
  });
});

describe('where two take one place', () => {
  const all = pii(Object.keys(PII_ENTITIES) as PiiEntity[]);
  test.each<Case>([
    ['http://10.0.0.17/x', 'URL http://10.0.0.17/x'],
    ['https://acme.dev/?u=ana@acme.dev', 'URL https://acme.dev/?u=ana@acme.dev'],
    ['phone 4111 1111 1111 1111', 'CREDIT_CARD 4111 1111 1111 1111'],
    ['call 052-41-5580', 'US_SSN 052-41-5580'],
    ['fax 646 776 9368', 'PHONE_NUMBER 646 776 9368'],
    ['nhs 646 776 9368', 'UK_NHS 646 776 9368'],
    ['passport 536904399', 'US_PASSPORT 536904399'],
    ['social insurance number 193456787', 'CA_SIN 193456787'],
  ])('%j', (text, ...found) => {
    expect(foundIn(all, text)).toEqual(found);
  });
});

test('texts are looked into one by one, however many there are', () => {
  const detector = pii(USUAL_ENTITIES);
  const texts = ['card 4111 1111', '1111 1111', 'ana@', 'acme', 'ana@acme.dev', ''];
  const passages = texts.map((text) => ({ text, keys: [] }));
  expect(detectIn(detector, passages, 3)).toEqual([
    { text: 4, start: 0, end: 12, rule: 3, entity: 'EMAIL_ADDRESS', score: 1 },
  ]);
});
