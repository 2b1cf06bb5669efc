"""A Presidio analyzer over HTTP, for tests: `server.py` prints the port that it listens on at 127.0.0.1.

The package on PyPI has the analyzer but not the HTTP server of Presidio's own container image, so this is one: it reads what
that reads (AnalyzerRequest), calls what that calls (BatchAnalyzerEngine for a list of texts, AnalyzerEngine's way for one), and
answers as that does, errors included. What differs: the standard library serves in the place of Flask; the model of the language is
spaCy's blank one, since those that know names are not on PyPI, so that names are found by a list; and no list of public suffixes is
downloaded, since the one that comes with the package does.
"""

import json
import logging
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import spacy
import tldextract
from presidio_analyzer import (
    AnalyzerEngine,
    AnalyzerRequest,
    BatchAnalyzerEngine,
    PatternRecognizer,
    RecognizerRegistry,
)
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    UsSsnRecognizer,
)

BATCH_SIZE = 500
PEOPLE = ["Ana Lovelace", "Grace Hopper", "李小龍", "José Núñez"]
LEFT_OUT = ("recognition_metadata", "analysis_explanation")


class BlankNlpEngine(SpacyNlpEngine):
    """Splits texts into words and sentences, and knows no names."""

    def __init__(self):
        super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
        language = spacy.blank("en")
        language.add_pipe("sentencizer")
        self.nlp = {"en": language}


def make_engine():
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())
    registry = RecognizerRegistry(
        recognizers=[
            CreditCardRecognizer(),
            EmailRecognizer(),
            IbanRecognizer(),
            UsSsnRecognizer(),
            PatternRecognizer(supported_entity="PERSON", deny_list=PEOPLE, deny_list_score=0.85),
        ]
    )
    engine = AnalyzerEngine(registry=registry, nlp_engine=BlankNlpEngine(), supported_languages=["en"])
    return BatchAnalyzerEngine(engine)


def analyze(engine, document):
    request = AnalyzerRequest(document)
    if not request.text:
        raise ValueError("No text provided")
    if not request.language:
        raise ValueError("No language provided")
    is_batch = isinstance(request.text, list)
    texts = request.text if is_batch else [request.text]
    results = engine.analyze_iterator(
        texts=texts,
        batch_size=min(len(texts), BATCH_SIZE),
        language=request.language,
        correlation_id=request.correlation_id,
        score_threshold=request.score_threshold,
        entities=request.entities,
        return_decision_process=request.return_decision_process,
        ad_hoc_recognizers=request.ad_hoc_recognizers,
        context=request.context,
        allow_list=request.allow_list,
        allow_list_match=request.allow_list_match,
        regex_flags=request.regex_flags,
    )
    lists = [[as_dict(result) for result in found] for found in results]
    return lists if is_batch else lists[0]


def as_dict(result):
    return {key: value for key, value in vars(result).items() if key not in LEFT_OUT}


def handler_of(engine):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if self.path == "/health":
                self.answer(200, "Presidio Analyzer service is up.", "text/html")
            else:
                self.answer(404, {"error": "Not Found"})

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.path != "/analyze":
                return self.answer(404, {"error": "Not Found"})
            try:
                self.answer(200, analyze(engine, json.loads(body)))
            except TypeError as problem:
                self.answer(400, {"error": f"Failed to parse /analyze request for AnalyzerEngine.analyze(). {problem.args[0]}"})
            except Exception as problem:
                self.answer(500, {"error": str(problem.args[0])})

        def answer(self, status, value, kind="application/json"):
            body = value.encode() if isinstance(value, str) else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """What is asked stays here."""

    return Handler


def main():
    logging.disable(logging.WARNING)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(make_engine()))
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
