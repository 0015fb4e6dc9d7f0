"""The official Python client, as its users use it. Statuses of errors are those of the default profile, litellm-1.106."""

import asyncio
import json

import openai
import pytest
from pydantic import BaseModel

HELLO = [{"role": "user", "content": "hello"}]
WEATHER_TOOL = {"type": "function", "function": {"name": "get_weather", "description": "Weather of a city",
                "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}


class Weather(BaseModel):
    city: str
    temperature: int


def scripted(script=""):
    return f"openai/fake?{script}" if script else "openai/fake"


class TestChat:
    def test_a_plain_answer_has_content_usage_and_the_name_asked_for(self, client):
        reply = client.chat.completions.create(model="fake", messages=HELLO)
        assert reply.object == "chat.completion"
        assert reply.model == "fake"
        assert reply.choices[0].message.role == "assistant"
        assert len(reply.choices[0].message.content) > 100
        assert reply.choices[0].finish_reason == "stop"
        assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens > 0

    def test_the_demo_model_needs_no_upstream(self, client, upstream):
        reply = client.chat.completions.create(model="demo", messages=HELLO)
        assert reply.choices[0].message.content
        assert reply.usage.completion_tokens > 0
        assert upstream.stats()["requests"] == 0

    def test_a_mock_response_is_the_content(self, client):
        assert client.chat.completions.create(model="mocked", messages=HELLO).choices[0].message.content == "This is a mock."

    def test_several_choices(self, client):
        reply = client.chat.completions.create(model="fake", messages=HELLO, n=3)
        assert [choice.index for choice in reply.choices] == [0, 1, 2]

    def test_parameters_reach_the_upstream_untouched(self, client, upstream):
        client.chat.completions.create(
            model="fake", messages=[{"role": "user", "content": [{"type": "text", "text": "see"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]}],
            seed=7, logprobs=True, top_logprobs=2, reasoning_effort="low", extra_body={"a_field_of_tomorrow": {"deep": [1, 2.50, "\u00e9"]}})
        sent = json.loads(upstream.last_body())
        assert sent["seed"] == 7 and sent["top_logprobs"] == 2 and sent["reasoning_effort"] == "low"
        assert sent["messages"][0]["content"][1]["image_url"]["url"] == "data:image/png;base64,AAAA"
        assert sent["a_field_of_tomorrow"] == {"deep": [1, 2.5, "\u00e9"]}
        assert "stream_options" not in sent

    def test_over_tls(self, tls_client):
        assert tls_client.chat.completions.create(model="fake", messages=HELLO).choices[0].finish_reason == "stop"

    def test_a_connection_serves_many_requests(self, client):
        for _ in range(20):
            assert client.chat.completions.create(model="fake", messages=HELLO).choices


class TestStreams:
    def test_every_event_arrives_and_the_finish_is_seen(self, client):
        chunks = list(client.chat.completions.create(model=scripted("events=12"), messages=HELLO, stream=True))
        contents = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
        assert len(contents) == 12
        assert chunks[-1].choices[0].finish_reason == "stop"
        assert all(chunk.usage is None and chunk.choices for chunk in chunks)  # a usage event that nobody asked for stays hidden
        assert len({chunk.id for chunk in chunks}) == 1

    def test_usage_comes_last_when_asked_for(self, client):
        chunks = list(client.chat.completions.create(model=scripted("events=5"), messages=HELLO, stream=True, stream_options={"include_usage": True}))
        assert chunks[-1].choices == []
        assert chunks[-1].usage.completion_tokens == 5
        assert all(chunk.usage is None for chunk in chunks[:-1])

    def test_the_model_reads_as_the_client_asked(self, client):
        assert {chunk.model for chunk in client.chat.completions.create(model="fake", messages=HELLO, stream=True)} == {"fake"}

    def test_the_demo_model_streams(self, client):
        chunks = list(client.chat.completions.create(model="demo", messages=HELLO, stream=True, stream_options={"include_usage": True}))
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        assert chunks[-1].usage.completion_tokens > 0

    def test_the_accumulating_stream(self, client):
        with client.chat.completions.stream(model=scripted("events=6"), messages=HELLO) as stream:
            deltas = [event.delta for event in stream if event.type == "content.delta"]
            final = stream.get_final_completion()
        assert final.choices[0].message.content == "".join(deltas) != ""
        assert final.choices[0].finish_reason == "stop"

    def test_several_choices_interleave(self, client):
        chunks = list(client.chat.completions.create(model=scripted("events=3"), messages=HELLO, stream=True, n=2))
        finished = [chunk.choices[0].index for chunk in chunks if chunk.choices[0].finish_reason]
        assert sorted(finished) == [0, 1]

    def test_a_cut_stream_raises(self, patient_client):
        with pytest.raises(openai.APIError):
            for _ in patient_client.chat.completions.create(model=scripted("events=9&cut=4"), messages=HELLO, stream=True):
                continue

    def test_an_error_event_raises(self, patient_client):
        with pytest.raises(openai.APIError):
            for _ in patient_client.chat.completions.create(model=scripted("events=9&error_event=2"), messages=HELLO, stream=True):
                continue

    def test_closing_early_leaves_the_client_usable(self, client, upstream):
        stream = client.chat.completions.create(model=scripted("events=1000&pace=10"), messages=HELLO, stream=True)
        next(iter(stream))
        stream.close()
        assert upstream.wait_until("aborted", 1, seconds=3) < 3
        assert client.chat.completions.create(model="fake", messages=HELLO).choices

    def test_an_upstream_that_answers_plainly_is_streamed_all_the_same(self, client):
        chunks = list(client.chat.completions.create(model=scripted("form=plain"), messages=HELLO, stream=True))
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)

    def test_an_upstream_that_streams_unasked_is_answered_plainly(self, client):
        reply = client.chat.completions.create(model=scripted("form=stream&events=4&size=3"), messages=HELLO)
        assert reply.choices[0].message.content == " th" * 4


class TestToolsAndSchemas:
    def test_a_tool_call(self, client):
        call = client.chat.completions.create(model="fake", messages=HELLO, tools=[WEATHER_TOOL]).choices[0]
        assert call.finish_reason == "tool_calls"
        assert call.message.tool_calls[0].function.name == "get_weather"
        assert json.loads(call.message.tool_calls[0].function.arguments) == {"city": "Paris", "temperature": 21}

    def test_a_streamed_tool_call(self, client):
        with client.chat.completions.stream(model="fake", messages=HELLO, tools=[WEATHER_TOOL]) as stream:
            final = stream.get_final_completion()
        assert json.loads(final.choices[0].message.tool_calls[0].function.arguments)["city"] == "Paris"

    def test_parse_gives_a_model_instance(self, client):
        reply = client.chat.completions.parse(model="fake", messages=HELLO, response_format=Weather)
        assert reply.choices[0].message.parsed == Weather(city="Paris", temperature=21)

    def test_streamed_parse(self, client):
        with client.chat.completions.stream(model="fake", messages=HELLO, response_format=Weather) as stream:
            assert stream.get_final_completion().choices[0].message.parsed == Weather(city="Paris", temperature=21)

    def test_json_mode(self, client):
        reply = client.chat.completions.create(model="fake", messages=HELLO, response_format={"type": "json_object"})
        assert json.loads(reply.choices[0].message.content)["city"] == "Paris"


class TestOtherEndpoints:
    def test_embeddings_in_base64_by_default(self, client, upstream):
        reply = client.embeddings.create(model="fake", input=["one", "two"])
        assert [row.embedding for row in reply.data] == [[0.5, -0.5] * 4] * 2
        assert json.loads(upstream.last_body())["encoding_format"] == "base64"
        assert reply.usage.total_tokens == 10

    def test_embeddings_of_an_upstream_that_only_knows_floats(self, client):
        raw = client.embeddings.with_raw_response.create(model=scripted("floats"), input="one", encoding_format="base64")
        assert isinstance(json.loads(raw.text)["data"][0]["embedding"], str)
        assert client.embeddings.create(model=scripted("floats"), input="one").data[0].embedding == [0.5, -0.5] * 4

    def test_embeddings_as_floats(self, client):
        assert client.embeddings.create(model="fake", input="one", encoding_format="float").data[0].embedding[0] == 0.5

    def test_completions(self, client):
        reply = client.completions.create(model="fake", prompt="once")
        assert reply.object == "text_completion" and reply.choices[0].text

    def test_streamed_completions(self, client):
        chunks = list(client.completions.create(model=scripted("events=4"), prompt="once", stream=True))
        assert len([chunk for chunk in chunks if chunk.choices[0].text]) == 4

    def test_moderations(self, client):
        assert client.moderations.create(model="fake", input="kind words").results[0].flagged is False

    def test_models(self, client):
        listed = list(client.models.list())
        assert {"fake", "demo", "mocked"} <= {model.id for model in listed}
        assert all(model.object == "model" and isinstance(model.created, int) and model.owned_by for model in listed)
        assert client.models.retrieve("fake").id == "fake"

    def test_an_azure_client_finds_its_deployment(self, gateway):
        with openai.AzureOpenAI(azure_endpoint=f"http://{gateway.host}:{gateway.port}", api_key=gateway.key, api_version="2024-10-21", azure_deployment="fake") as azure:
            assert azure.chat.completions.create(model="fake", messages=HELLO).choices[0].finish_reason == "stop"


class TestErrors:
    def test_a_wrong_key(self, gateway):
        with openai.OpenAI(base_url=gateway.base_url, api_key="sk-nobody-knows-this", max_retries=0) as stranger, pytest.raises(openai.AuthenticationError) as error:
            stranger.chat.completions.create(model="fake", messages=HELLO)
        assert error.value.type == "token_not_found_in_db"
        assert error.value.code == "401"
        assert error.value.response.headers["x-litellm-call-id"]
        assert "sk-nobody-knows-this" not in str(error.value)

    def test_a_model_that_the_key_may_not_use(self, gateway):
        narrow = gateway.generate_key(models=["demo"])
        with openai.OpenAI(base_url=gateway.base_url, api_key=narrow, max_retries=0) as client:
            assert client.chat.completions.create(model="demo", messages=HELLO).choices
            with pytest.raises(openai.PermissionDeniedError) as error:
                client.chat.completions.create(model="fake", messages=HELLO)
        assert error.value.type == "key_model_access_denied"

    def test_an_unknown_model(self, patient_client):
        with pytest.raises(openai.BadRequestError) as error:
            patient_client.chat.completions.create(model="no-such-model", messages=HELLO)
        assert "no-such-model" in error.value.message

    def test_an_unknown_model_in_the_openai_profile(self, make_gateway, upstream):
        from support.gateway import default_config
        strict = make_gateway(default_config(upstream.base) + "penstock:\n  compat: openai\n")
        with openai.OpenAI(base_url=strict.base_url, api_key=strict.key, max_retries=0) as client, pytest.raises(openai.NotFoundError) as error:
            client.chat.completions.create(model="no-such-model", messages=HELLO)
        assert error.value.code == "model_not_found"

    @pytest.mark.parametrize(("status", "expected"), [
        (400, openai.BadRequestError), (404, openai.NotFoundError), (409, openai.ConflictError), (422, openai.UnprocessableEntityError),
        (429, openai.RateLimitError), (500, openai.InternalServerError), (503, openai.InternalServerError)])
    def test_an_upstreams_refusal_keeps_its_status(self, patient_client, status, expected):
        with pytest.raises(expected) as error:
            patient_client.chat.completions.create(model=scripted(f"status={status}"), messages=HELLO)
        assert error.value.status_code == status
        assert str(status) in error.value.message

    def test_an_upstreams_refusal_of_our_key_is_not_the_callers(self, patient_client):
        with pytest.raises(openai.InternalServerError) as error:
            patient_client.chat.completions.create(model=scripted("status=401"), messages=HELLO)
        assert error.value.status_code == 502
        assert error.value.response.headers["x-should-retry"] == "false"

    def test_a_refused_stream_is_an_error_too(self, patient_client):
        with pytest.raises(openai.RateLimitError) as error:
            patient_client.chat.completions.create(model=scripted("status=429&retry_after=3"), messages=HELLO, stream=True)
        assert error.value.response.headers["retry-after"] == "3"

    @pytest.mark.parametrize("script", ["html", "bad_json", "status=500&error=text", "status=500&error=html", "status=500&error=empty", "status=500&error=numeric"])
    def test_what_is_no_json_becomes_a_clear_error(self, patient_client, script):
        with pytest.raises(openai.InternalServerError) as error:
            patient_client.chat.completions.create(model=scripted(script), messages=HELLO)
        assert isinstance(error.value.body, dict) and error.value.body["message"]
        assert isinstance(error.value.body["code"], str)

    def test_a_connection_that_breaks_before_the_answer(self, patient_client):
        with pytest.raises(openai.InternalServerError) as error:
            patient_client.chat.completions.create(model=scripted("reset=head"), messages=HELLO)
        assert error.value.status_code == 502


class TestRetries:
    def test_the_client_repeats_what_may_be_repeated(self, gateway, upstream):
        with openai.OpenAI(base_url=gateway.base_url, api_key=gateway.key, max_retries=1) as client, pytest.raises(openai.InternalServerError):
            client.chat.completions.create(model=scripted("status=503"), messages=HELLO)
        assert upstream.stats()["requests"] >= 2

    def test_and_leaves_what_may_not(self, gateway, upstream):
        with openai.OpenAI(base_url=gateway.base_url, api_key=gateway.key, max_retries=2) as client, pytest.raises(openai.InternalServerError):
            client.chat.completions.create(model=scripted("status=401"), messages=HELLO)
        assert upstream.stats()["requests"] == 1  # x-should-retry: false


class TestRawResponses:
    def test_headers_of_a_plain_answer(self, client):
        raw = client.chat.completions.with_raw_response.create(model="fake", messages=HELLO)
        assert raw.headers["x-litellm-call-id"] == raw.headers["x-request-id"] == raw.request_id
        assert raw.headers["content-type"].startswith("application/json")
        assert raw.parse().choices[0].message.content

    def test_headers_of_a_stream(self, client):
        with client.chat.completions.with_streaming_response.create(model="fake", messages=HELLO, stream=True) as raw:
            assert raw.headers["content-type"].startswith("text/event-stream")
            lines = [line for line in raw.iter_lines() if line]
        assert lines[-1] == "data: [DONE]"
        assert all(line.startswith("data: ") for line in lines)


class TestAsync:
    def test_many_at_once(self, gateway):
        async def calls():
            async with openai.AsyncOpenAI(base_url=gateway.base_url, api_key=gateway.key, timeout=30) as client:
                async def plain():
                    return (await client.chat.completions.create(model="fake", messages=HELLO)).choices[0].finish_reason

                async def streamed():
                    stream = await client.chat.completions.create(model=scripted("events=10&pace=2"), messages=HELLO, stream=True)
                    return len([chunk async for chunk in stream if chunk.choices and chunk.choices[0].delta.content])

                return await asyncio.gather(*[plain() for _ in range(20)], *[streamed() for _ in range(20)])

        assert asyncio.run(calls()) == ["stop"] * 20 + [10] * 20
