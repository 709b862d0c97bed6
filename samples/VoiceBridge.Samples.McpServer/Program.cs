using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using VoiceBridge.Samples.McpServer;

var builder = Host.CreateApplicationBuilder(args);
// Standard output belongs to the protocol: everything else goes to standard error.
builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<OrderBook>();
builder.Services.AddMcpServer().WithStdioServerTransport().WithTools<OrderTools>();
await builder.Build().RunAsync();
