using System.Net;

namespace VoiceBridge.Dashboard.Tests.Commands;

/// <summary>Answers every request alike and keeps what was asked.</summary>
internal sealed class RecordingHandler(HttpStatusCode answer, string body) : HttpMessageHandler
{
    public List<(string Path, string? Bearer, string Body)> Requests { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add((request.RequestUri!.AbsolutePath, request.Headers.Authorization?.Parameter, await request.Content!.ReadAsStringAsync(cancellationToken)));
        return new HttpResponseMessage(answer) { Content = new StringContent(body) };
    }
}
